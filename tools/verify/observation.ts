import type { Question } from './questions.ts';

/** What was seen of a question. */
export interface Sight {
  /** `not shown` where this pair, or this way of looking, does not show it. */
  readonly verdict: 'as expected' | 'different' | 'not shown';
  readonly seen: string;
}

/** A question with what was seen of it. */
export type Observation = Question & Sight;

export const asExpected = (seen: string): Sight => ({ verdict: 'as expected', seen });
export const different = (seen: string): Sight => ({ verdict: 'different', seen });
export const notShown = (seen: string): Sight => ({ verdict: 'not shown', seen });

/** One of the two, by a condition. */
export const judged = (expected: boolean, seen: string): Sight => (expected ? asExpected(seen) : different(seen));
