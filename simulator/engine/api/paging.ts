import { Buffer } from 'node:buffer';
import { ApiFault } from '../../api/service.ts';

/** Items of a page when the request does not say, and the most there are. */
const defaultPageSize = 100;

/** One page and the token for the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * Cuts a page out of `all`. A token is bound to the request it came from: with other parameters it is refused.
 *
 * @param scope the request's other parameters
 * @throws ApiFault InvalidToken
 */
export const pageByOffset = <T>(
  all: readonly T[],
  request: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
  scope: string,
): Page<T> => {
  const size = request.maxResults === undefined || request.maxResults === 0 ? defaultPageSize : request.maxResults;
  const start = request.nextToken === undefined ? 0 : offsetOf(request.nextToken, scope);
  const end = start + size;
  return {
    items: all.slice(start, end),
    nextToken: end < all.length ? Buffer.from(JSON.stringify([end, scope])).toString('base64url') : undefined,
  };
};

const offsetOf = (token: string, scope: string): number => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && typeof parsed[0] === 'number' && parsed[1] === scope) return parsed[0];
  } catch {
    // Not a token of ours: refused below.
  }
  throw new ApiFault('InvalidToken', 400, `Invalid Token: '${token}'`);
};
