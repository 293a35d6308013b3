import { usdOf } from './unit-prices.ts';

/** Dollars for what a journal counts; `npm run cost` also counts durations, metrics, tables and logs. */
export const estimatedCostUsd = (counted: {
  readonly stateTransitions: number;
  readonly lambdaInvocations: number;
}): number =>
  usdOf('stateTransitions', counted.stateTransitions) + usdOf('lambdaInvocations', counted.lambdaInvocations);
