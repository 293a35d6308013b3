import type * as z from 'zod';
import { ApiFault, type Members } from '../api/service.ts';

/**
 * Parses a request's members with a strict schema of what is modelled.
 *
 * @param invalidCode the service's error for a member that is missing or has a wrong value
 * @throws ApiFault `invalidCode`, or NotModelledException for a member that the schema does not have
 */
export const parseMembers = <S extends z.ZodType>(
  schema: S,
  input: Members,
  call: { readonly service: string; readonly operation: string; readonly invalidCode: string },
): z.output<S> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const member = [path, issue.keys[0]].filter(Boolean).join('.');
    throw notModelledMember(call, member);
  }
  throw new ApiFault(
    call.invalidCode,
    400,
    `${call.operation}: invalid value for ${path}: ${issue?.message ?? 'not allowed'}`,
  );
};

const notModelledMember = (call: { readonly service: string; readonly operation: string }, member: string): ApiFault =>
  new ApiFault(
    'NotModelledException',
    400,
    `the embedded ${call.service} does not model ${member} of ${call.operation}`,
  );

/** The answer to an operation that the embedded service does not have. */
export const notModelledOperation = (service: string, operation: string): ApiFault =>
  new ApiFault('NotModelledException', 400, `the embedded ${service} does not model the operation ${operation}`);
