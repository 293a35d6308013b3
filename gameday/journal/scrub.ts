import type { Json } from '../../simulator/engine/expression/json.ts';

/** What a journal has in place of a secret. */
export const secretMark = '[secret]';

/** JSON text in which every occurrence of a secret is replaced by a mark. */
export const scrubText = (json: string, secrets: readonly string[]): string =>
  secrets.reduce(
    (text, secret) => (secret === '' ? text : text.replaceAll(JSON.stringify(secret).slice(1, -1), secretMark)),
    json,
  );

/** A copy in which every occurrence of a secret, also inside longer strings and keys, is replaced by a mark. */
export const scrubSecrets = (value: Json, secrets: readonly string[]): Json => {
  const known = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  const clean = (text: string): string => known.reduce((result, secret) => result.replaceAll(secret, secretMark), text);
  const visit = (item: Json): Json => {
    if (typeof item === 'string') return clean(item);
    if (Array.isArray(item)) return item.map(visit);
    if (item !== null && typeof item === 'object') {
      return Object.fromEntries(Object.entries(item).map(([key, inner]) => [clean(key), visit(inner)]));
    }
    return item;
  };
  return visit(value);
};
