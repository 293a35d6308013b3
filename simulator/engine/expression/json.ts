import { Buffer } from 'node:buffer';

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A value has a part that JSON cannot carry: a function, a regular expression, a number that is not finite. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A deep copy that shares nothing with `value`. Members and elements that are undefined vanish, as in JSON.
 *
 * @throws NotJsonError naming what JSON cannot carry
 */
export const copyJson = (value: unknown): Json => {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new NotJsonError(`${value} is not a JSON number`);
      return value;
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) return value.filter((element) => element !== undefined).map(copyJson);
      // JSONata marks its lambdas and native functions so.
      if ('_jsonata_lambda' in value || '_jsonata_function' in value) throw new NotJsonError('a function is not JSON');
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([key, member]) => [key, copyJson(member)]),
      );
    }
    default:
      throw new NotJsonError(`a ${typeof value} is not JSON`);
  }
};

/** Bytes of the UTF-8 JSON text of `value`. */
export const jsonBytes = (value: Json): number => Buffer.byteLength(JSON.stringify(value), 'utf8');

/** What JSONata calls the type of a value, as the service's messages spell it. */
export const jsonTypeOf = (value: Json): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};
