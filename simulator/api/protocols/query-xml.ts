import type { NormalizedSchema } from '@smithy/core/schema';
import type { OperationModel } from '../sdk-model.ts';
import { ApiFault } from '../service.ts';
import { decodeText, encodeText } from '../wire-message.ts';
import { scalarFromText } from './scalar-from-text.ts';
import type { WireProtocol } from './wire-protocol.ts';
import { escapeXml } from './xml-text.ts';

/** AWS query: form-encoded requests, XML answers (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html). */
export const queryXml = (model: ReadonlyMap<string, OperationModel>, namespace: string): WireProtocol => {
  return {
    decode: (request) => {
      const parameters = new URLSearchParams(decodeText(request.body));
      const name = parameters.get('Action') ?? '';
      const operation = model.get(name);
      if (operation === undefined) throw new ApiFault('InvalidAction', 400, `the action "${name}" is not known`);
      const unread = new Set([...parameters.keys()].filter((key) => key !== 'Action' && key !== 'Version'));
      const input = readStructure(operation.input, '', parameters, unread);
      // Names that the model does not know stay in the input, so that the service refuses them by name.
      for (const key of unread) input[key] = parameters.get(key);
      return { operation: name, input };
    },
    encodeOutput: (operation, output, requestId) => ({
      statusCode: 200,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: encodeText(
        `<${operation}Response xmlns="${namespace}"><${operation}Result>${toXml(output)}</${operation}Result>` +
          `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
      ),
    }),
    encodeFault: (fault, requestId) => ({
      statusCode: fault.statusCode,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: encodeText(
        `<ErrorResponse xmlns="${namespace}"><Error><Type>${fault.statusCode < 500 ? 'Sender' : 'Receiver'}</Type>` +
          `<Code>${escapeXml(fault.code)}</Code><Message>${escapeXml(fault.message)}</Message></Error>` +
          `<RequestId>${requestId}</RequestId></ErrorResponse>`,
      ),
    }),
  };
};

const readStructure = (
  structure: NormalizedSchema,
  prefix: string,
  parameters: URLSearchParams,
  unread: Set<string>,
): Record<string, unknown> => {
  const result: Record<string, unknown> = {};
  if (!structure.isStructSchema()) return result;
  for (const [name, schema] of structure.structIterator()) {
    const key = `${prefix}${schema.getMergedTraits().xmlName ?? name}`;
    const value = readValue(schema, key, parameters, unread);
    if (value !== undefined) result[name] = value;
  }
  return result;
};

const readValue = (
  schema: NormalizedSchema,
  key: string,
  parameters: URLSearchParams,
  unread: Set<string>,
): unknown => {
  const present = parameters.has(key) || [...parameters.keys()].some((name) => name.startsWith(`${key}.`));
  if (!present) return undefined;
  if (schema.isStructSchema()) return readStructure(schema, `${key}.`, parameters, unread);
  if (schema.isListSchema()) {
    const items: unknown[] = [];
    for (let index = 1; ; index++) {
      const item = readValue(schema.getValueSchema(), `${key}.member.${index}`, parameters, unread);
      if (item === undefined) return items;
      items.push(item);
    }
  }
  if (schema.isMapSchema()) {
    const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
    const valueName = schema.getValueSchema().getMergedTraits().xmlName ?? 'value';
    const entries: Record<string, unknown> = {};
    for (let index = 1; ; index++) {
      const entry = `${key}.entry.${index}`;
      const name = readValue(schema.getKeySchema(), `${entry}.${keyName}`, parameters, unread);
      if (typeof name !== 'string') return entries;
      entries[name] = readValue(schema.getValueSchema(), `${entry}.${valueName}`, parameters, unread);
    }
  }
  const text = parameters.get(key) ?? '';
  unread.delete(key);
  return scalarFromText(schema, text);
};

const toXml = (value: unknown): string => {
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `<${name}>${toXml(member)}</${name}>`)
      .join('');
  }
  return escapeXml(String(value));
};
