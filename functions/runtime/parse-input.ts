import type middy from '@middy/core';
import type * as z from 'zod/mini';
import { $ZodArray, $ZodDefault, $ZodObject, $ZodOptional } from 'zod/v4/core';
import './schema-problems.ts';
import { InvalidInput } from './errors.ts';
import { didYouMean } from './nearest-name.ts';

/** The schema of a value that may be left out. */
const unwrapped = (schema: unknown): unknown =>
  schema instanceof $ZodOptional || schema instanceof $ZodDefault ? schema._zod.def.innerType : schema;

const fieldNamesAt = (schema: z.ZodMiniType, path: readonly PropertyKey[]): readonly string[] => {
  let current = unwrapped(schema);
  for (const key of path) {
    if (current instanceof $ZodArray) current = unwrapped(current._zod.def.element);
    else if (current instanceof $ZodObject) current = unwrapped(current._zod.def.shape[String(key)]);
  }
  return current instanceof $ZodObject ? Object.keys(current._zod.def.shape) : [];
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((current, key) => (Object(current) as Readonly<Record<PropertyKey, unknown>>)[key], value);

const describeIssue = (schema: z.ZodMiniType, value: unknown, issue: z.core.$ZodIssue): string => {
  const at = issue.path.length > 0 ? issue.path.join('.') : 'input';
  if (issue.code === 'invalid_value') {
    const found = valueAt(value, issue.path);
    const allowed = issue.values.filter((each) => typeof each === 'string');
    if (typeof found === 'string' && allowed.length > 0)
      return `${at}: unknown value "${found}"${didYouMean(found, allowed)}`;
  }
  if (issue.code === 'unrecognized_keys') {
    const allowed = fieldNamesAt(schema, issue.path);
    return issue.keys
      .map((key) => `unknown field "${[...issue.path, key].join('.')}"${didYouMean(key, allowed)}`)
      .join('; ');
  }
  return `${at}: ${issue.message}`;
};

/**
 * Parses `value` with `schema`; `what` names the value in the message.
 *
 * @throws InvalidInput with every problem at once, unknown fields and values with the nearest known name
 */
export const parseInput = <S extends z.ZodMiniType>(schema: S, value: unknown, what: string): z.output<S> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => describeIssue(schema, value, issue));
  throw new InvalidInput(`${what} was refused: ${problems.join('; ')}`, { problems });
};

/** Middleware: replaces the event by the parsed input of the function. @throws InvalidInput as `parseInput` */
export const withParsedInput = (name: string, schema: z.ZodMiniType): middy.MiddlewareObj => ({
  before: (request) => {
    request.event = parseInput(schema, request.event, `input of ${name}`);
  },
});
