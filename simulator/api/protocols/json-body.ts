import { ApiFault, isMembers, type Members } from '../service.ts';
import { decodeText } from '../wire-message.ts';

/**
 * A request body that must be one JSON object; an empty body is an empty object.
 *
 * @throws ApiFault SerializationException
 */
export const parseJsonObject = (body: Uint8Array): Members => {
  const text = decodeText(body);
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiFault('SerializationException', 400, 'the request body is not JSON');
  }
  if (isMembers(value)) return value;
  throw new ApiFault('SerializationException', 400, 'the request body is not a JSON object');
};
