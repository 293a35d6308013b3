import { clockSkewSeconds } from '../control/guards.ts';

/**
 * How long a claim holds unless the consumer says otherwise, in seconds. It must exceed the longest time between a claim
 * and its confirmation, which is what the whole batch takes; a consumer that dies keeps its messages from others for as
 * long. A minute fits batches that take up to 50 s. Lambda functions need no choice: the middleware takes the invocation's
 * own deadline.
 */
export const defaultLeaseSeconds = 60;

/**
 * What must be left of a lease for an unconditional batched confirmation, in milliseconds: one call's time limit of 2 s,
 * and one repetition. A confirmation that comes later renews its claim first.
 */
export const confirmMarginMs = 5_000;

/**
 * How long the ledger keeps an item, in seconds: fourteen days. It must exceed the longest time that a message can be
 * stranded on a broker that nobody serves from: an outage of a Region, the decision to fail back, and the next promotion
 * that brings residue to light; and every expiry that producers set, since an item that goes before its message takes the
 * proof with it.
 */
export const defaultRetentionSeconds = 14 * 86_400;

/** Clocks of two consumers may differ: a lease counts as ended only this much later, in milliseconds. */
export const leaseSkewMs = clockSkewSeconds * 1_000;
