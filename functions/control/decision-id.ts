import { createHash } from 'node:crypto';

/**
 * A short, stable name of a decision: the same parts give the same id in every retry and in every new execution, so
 * that one decision has one effective write. 32 hexadecimal digits.
 */
export const decisionId = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
