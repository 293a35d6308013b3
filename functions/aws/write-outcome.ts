/**
 * The outcome of a write that is attempted once: `unknown` means that no answer said whether it happened, and only
 * observation can tell.
 */
export type WriteOutcome<T = unknown> =
  | { readonly outcome: 'done'; readonly answer: T }
  | { readonly outcome: 'unknown'; readonly reason: string };
