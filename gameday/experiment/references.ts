import { unknownName } from './scenario/problems.ts';
import { type Json, StepFailedError } from './step.ts';

const reference = /\$\{([^}]*)\}/g;

/**
 * Replaces `${a.b.c}` in every string of `value` by what `known` holds there. A string that is nothing but one
 * reference takes the value with its type.
 *
 * @throws StepFailedError for a reference that does not exist, with the names that do
 */
export const resolveReferences = (value: Json, known: Json): Json => {
  if (typeof value === 'string') return resolveText(value, known);
  if (Array.isArray(value)) return value.map((item: Json) => resolveReferences(item, known));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, known)]));
  }
  return value;
};

const resolveText = (text: string, known: Json): Json => {
  const whole = /^\$\{([^}]*)\}$/.exec(text);
  if (whole?.[1] !== undefined) return lookUp(whole[1], known);
  return text.replace(reference, (_match, path: string) => {
    const found = lookUp(path, known);
    return typeof found === 'string' ? found : JSON.stringify(found);
  });
};

const lookUp = (path: string, known: Json): Json => {
  let current: Json = known;
  const seen: string[] = [];
  for (const part of path.split('.')) {
    const entries: Readonly<Record<string, Json>> =
      current !== null && typeof current === 'object' && !Array.isArray(current)
        ? (current as { readonly [key: string]: Json })
        : {};
    const next = Object.hasOwn(entries, part) ? entries[part] : undefined;
    if (next === undefined) {
      const where = seen.length === 0 ? 'reference' : `reference below "${seen.join('.')}"`;
      throw new StepFailedError(`\${${path}}: ${unknownName(where, part, Object.keys(entries))}`);
    }
    seen.push(part);
    current = next;
  }
  return current;
};
