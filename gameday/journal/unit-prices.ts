/**
 * Prices in US dollars, us-east-1, as looked up on 2026-11-22, beyond any free tier. The Regions that cross-Region
 * data replication names cost the same or a little more (us-west-1).
 */
export const unitPrices = {
  /** Standard workflows: https://aws.amazon.com/step-functions/pricing/ */
  perStateTransition: 0.025 / 1_000,
  /** Requests only, without duration: https://aws.amazon.com/lambda/pricing/ */
  perLambdaInvocation: 0.2 / 1_000_000,
} as const;

/** Dollars for what was counted. Durations, metrics, tables and data transfer are not in it. */
export const estimatedCostUsd = (counted: {
  readonly stateTransitions: number;
  readonly lambdaInvocations: number;
}): number =>
  counted.stateTransitions * unitPrices.perStateTransition + counted.lambdaInvocations * unitPrices.perLambdaInvocation;
