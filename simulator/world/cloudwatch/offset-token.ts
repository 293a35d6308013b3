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
