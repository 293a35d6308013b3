import * as z from 'zod/mini';

/**
 * How long the ledger keeps an item, in seconds, unless the configuration says otherwise: fourteen days. It must exceed
 * the longest time that a message can be stranded on a broker that nobody serves from, an outage and the way back.
 */
const defaultRetentionSeconds = 1_209_600;

/** A name, or a pattern with `*` for any text, as in `orders.*`. */
export const queuePattern = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(2_000),
    z.regex(/^[^>,?]*$/, '"*" stands for any text here, dots included; ">", "," and "?" are not known'),
  );

const queuesSchema = z.strictObject({
  /**
   * Where the names of the queues come from: `console` reads the broker's web console, with exact counts, `metrics` the
   * queues that CloudWatch knows, `list` takes `include` as it stands.
   */
  source: z._default(z.enum(['console', 'metrics', 'list']), 'console'),
  /** Names or patterns of the queues to reconcile. */
  include: z._default(z.array(queuePattern).check(z.minLength(1)), ['*']),
  /** Names or patterns of queues to leave alone unless a run names one, besides those that are always left alone. */
  exclude: z._default(z.array(queuePattern), []),
});

/** What identifies a message for the ledger; the consumers of the pair must use the same. */
export const identitySchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('message-id') }),
  z.strictObject({ from: z.literal('correlation-id') }),
  z.strictObject({ from: z.literal('property'), property: z.string().check(z.minLength(1)) }),
  z.strictObject({ from: z.literal('body-hash') }),
]);

/** The settings one by one; `reconciliationSchema` holds them against each other. */
export const reconciliationFields = z.strictObject({
  /**
   * Secrets with a broker user that may read and write every queue, one in each Region of the pair: a run uses the
   * one of its own Region alone. The user needs console access where `queues.source` is `console`.
   */
  secretArns: z.array(z.string().check(z.startsWith('arn:'))).check(z.minLength(1)),
  queues: z.prefault(queuesSchema, {}),
  /** What a promotion does by itself: `report` changes no queue, `auto` repairs what it has just reported. */
  afterPromotion: z._default(z.enum(['off', 'report', 'auto']), 'report'),
  /** Whether a person may start a run that repairs without showing its manifest first; implied by `afterPromotion: auto`. */
  automaticRepair: z._default(z.boolean(), false),
  /** The quarantine of a queue is called this and the queue's name. */
  quarantinePrefix: z._default(z.string().check(z.minLength(1), z.maxLength(200)), 'mq-dr.quarantine.'),
  /** When every consumer had begun to write to the ledger, ISO 8601: an older message proves nothing by its absence. */
  ledgerStart: z.iso.datetime(),
  retentionSeconds: z._default(z.int().check(z.gte(3_600)), defaultRetentionSeconds),
  identity: z._default(identitySchema, { from: 'message-id' }),
});

/** How the messages of a pair are reconciled with the ledger after a promotion. */
export const reconciliationSchema = reconciliationFields.check(
  z.refine(({ queues }) => queues.source !== 'list' || queues.include.every((name) => !name.includes('*')), {
    path: ['queues', 'include'],
    message: 'source "list" takes names, not patterns: with "*" the source must be "console" or "metrics"',
  }),
);

export type ReconciliationConfig = z.output<typeof reconciliationSchema>;

/** The secret of one Region, by its ARN. */
export const secretOf = (secretArns: readonly string[], region: string): string | undefined =>
  secretArns.find((arn) => arn.split(':')[3] === region);
