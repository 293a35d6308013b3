import type * as z from 'zod';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';

/** The configuration of a deployment is not what its schema says: every problem with its path, value and what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(what: string, problems: readonly string[]) {
    super(`${what} was refused:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`),
    '',
  ) || 'configuration';

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (current, key) =>
      typeof current === 'object' && current !== null ? (current as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

/** Characters of a value that a message shows; longer ones are cut. */
const shownCharacters = 120;

const show = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
};

/** What stands inside optional, defaulted and piped schemas. */
const unwrapped = (schema: z.core.$ZodType): z.core.$ZodType => {
  const { def } = schema._zod;
  if ('innerType' in def) return unwrapped(def.innerType as z.core.$ZodType);
  if (def.type === 'pipe' && 'in' in def) return unwrapped(def.in as z.core.$ZodType);
  return schema;
};

/** Names of the fields that an object may have at a path; none where there is no object. */
const fieldNamesAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] => {
  const { def } = unwrapped(schema)._zod;
  const [key, ...rest] = path;
  if ('shape' in def) {
    const shape = def.shape as Readonly<Record<string, z.core.$ZodType>>;
    const field = shape[String(key)];
    if (key === undefined) return Object.keys(shape);
    return field === undefined ? [] : fieldNamesAt(field, rest);
  }
  if (key === undefined) return [];
  if ('element' in def) return fieldNamesAt(def.element as z.core.$ZodType, rest);
  if ('valueType' in def) return fieldNamesAt(def.valueType as z.core.$ZodType, rest);
  return [];
};

/** Issues of the alternatives that came closest: the one with the fewest. */
const closest = (alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] =>
  alternatives.toSorted((a, b) => a.length - b.length)[0] ?? [];

interface Where {
  readonly schema: z.ZodType;
  readonly input: unknown;
}

const describe = (where: Where, issue: z.core.$ZodIssue, base: readonly PropertyKey[] = []): readonly string[] => {
  const { schema, input } = where;
  const path = [...base, ...issue.path];
  const at = pathText(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(
        (key) => `${pathText([...path, key])}: there is no such field${didYouMean(key, fieldNamesAt(schema, path))}`,
      );
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const why = issue.message.startsWith('Invalid') ? '' : `; ${issue.message}`;
      const found = show(valueAt(input, path));
      return [`${at}: found ${found}, allowed: ${allowed.join(', ')}${near(input, path, allowed)}${why}`];
    }
    case 'invalid_union':
      return closest(issue.errors).flatMap((nested) => describe(where, nested, path));
    case 'custom':
      return [`${at}: ${issue.message}`];
    default:
      return [`${at}: found ${show(valueAt(input, path))}, ${issue.message}`];
  }
};

const near = (input: unknown, path: readonly PropertyKey[], allowed: readonly string[]): string => {
  const found = valueAt(input, path);
  const hint = typeof found === 'string' ? didYouMean(found, allowed) : '';
  return hint.includes('did you mean') ? hint : '';
};

/**
 * Parses a configuration.
 *
 * @throws ConfigurationError with every problem at once
 */
export const parseConfiguration = <S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ConfigurationError(
    what,
    result.error.issues.flatMap((issue) => describe({ schema, input }, issue)),
  );
};
