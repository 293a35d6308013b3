import { ApiFault } from '../../api/service.ts';

/** The token of a page that begins at an offset. */
export const tokenOfOffset = (offset: number): string => Buffer.from(`${offset}`).toString('base64url');

/**
 * Where the page of a token begins; at 0 without one.
 *
 * @throws ApiFault InvalidNextToken for a token that was not given out for a list of this length
 */
export const offsetOfToken = (token: string | undefined, total: number): number => {
  if (token === undefined) return 0;
  const offset = Number(Buffer.from(token, 'base64url').toString());
  if (Number.isInteger(offset) && offset > 0 && offset <= total) return offset;
  throw new ApiFault('InvalidNextToken', 400, 'The next token specified is invalid.');
};

/** One page of a list, with the token of the next one where there is one. @throws ApiFault InvalidNextToken */
export const pageAt = <T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
): { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } } => {
  const start = offsetOfToken(token, all.length);
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? { NextToken: tokenOfOffset(end) } : {} };
};
