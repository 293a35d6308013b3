import { badRequest } from './mq-fault.ts';

/** One page of a list; the token names the last item that was given, so that a growing list repeats nothing. */
export const pageByKey = <T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  page: { readonly maxResults: number; readonly nextToken?: string | undefined },
): { readonly items: readonly T[]; readonly nextToken: string | undefined } => {
  const start = page.nextToken === undefined ? 0 : indexAfter(all, keyOf, page.nextToken);
  const items = all.slice(start, start + page.maxResults);
  const last = items.at(-1);
  const more = start + page.maxResults < all.length && last !== undefined;
  return { items, nextToken: more ? Buffer.from(keyOf(last)).toString('base64url') : undefined };
};

const indexAfter = <T>(all: readonly T[], keyOf: (item: T) => string, token: string): number => {
  const key = Buffer.from(token, 'base64url').toString();
  const index = all.findIndex((item) => keyOf(item) === key);
  if (index < 0) throw badRequest('Invalid nextToken.', 'nextToken');
  return index + 1;
};
