import { distance } from 'fastest-levenshtein';
import * as z from 'zod';

/** One thing that is wrong with a scenario file. */
export interface ScenarioProblem {
  /** Keys and indexes from the root of the file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The nearest of `names` to `wrong`, when it is near enough to be a slip of the hand (a third of its length). */
export const nearestName = (wrong: string, names: readonly string[]): string | undefined => {
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    const edits = distance(wrong.toLowerCase(), name.toLowerCase());
    if (best === undefined || edits < best.edits) best = { name, edits };
  }
  if (best === undefined || best.edits > Math.max(2, Math.floor(wrong.length / 3))) return undefined;
  return best.name;
};

/** `unknown <what> "<wrong>"`, with the nearest name or else all of them. */
export const unknownName = (what: string, wrong: string, names: readonly string[]): string => {
  const nearest = nearestName(wrong, names);
  const known = names.length === 0 ? 'there are none' : `known: ${names.join(', ')}`;
  return nearest === undefined
    ? `unknown ${what} "${wrong}"; ${known}`
    : `unknown ${what} "${wrong}"; did you mean "${nearest}"?`;
};

/** Turns what zod found into problems, naming unknown keys one by one with the nearest valid one. */
export const problemsOf = (
  error: z.ZodError,
  schema: z.ZodType,
  prefix: readonly (string | number)[] = [],
): readonly ScenarioProblem[] => error.issues.flatMap((issue) => fromIssue(issue, schema, prefix));

const fromIssue = (
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  prefix: readonly (string | number)[],
): readonly ScenarioProblem[] => {
  const path = [...prefix, ...issue.path.filter((part) => typeof part !== 'symbol')];
  if (issue.code === 'unrecognized_keys') {
    const valid = keysAt(schema, issue.path);
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownName('key', key, valid) }));
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const nearest = typeof issue.input === 'string' ? nearestName(issue.input, values) : undefined;
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    return [{ path, message: `must be one of ${values.join(', ')}${hint}` }];
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return [{ path, message: `is missing (${issue.expected} expected)` }];
  }
  return [{ path, message: issue.message }];
};

const keysAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] => {
  const inner = unwrap(schema);
  const [head, ...rest] = path;
  if (head === undefined) return inner instanceof z.core.$ZodObject ? Object.keys(inner._zod.def.shape) : [];
  if (inner instanceof z.core.$ZodObject) {
    const next: unknown = inner._zod.def.shape[String(head)];
    return next instanceof z.core.$ZodType ? keysAt(next, rest) : [];
  }
  if (inner instanceof z.core.$ZodArray) return keysAt(inner._zod.def.element, rest);
  if (inner instanceof z.core.$ZodRecord) return keysAt(inner._zod.def.valueType, rest);
  return [];
};

const unwrap = (schema: z.core.$ZodType): z.core.$ZodType => {
  if (
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodPrefault
  ) {
    return unwrap(schema._zod.def.innerType);
  }
  return schema;
};

/** `method[2].workflow`, or `(file)` for the root. */
export const pathText = (path: readonly (string | number)[]): string => {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? '(file)' : text.replace(/^\./, '');
};
