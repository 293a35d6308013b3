import * as z from 'zod/mini';

/** What readiness asks of a pair, where it differs from one pair to another. */
export const readinessSchema = z.strictObject({
  /** Name of the user that links the brokers; left out, it is searched for among the users that both brokers have. */
  replicationUser: z.optional(z.string().check(z.minLength(2), z.maxLength(100))),
  /** Users that may exist on one broker alone, such as its own console user. */
  unsharedUsers: z._default(z.array(z.string().check(z.minLength(1))), []),
  /** Begin of the names of the pair's alarms, for accounts with very many; left out, all alarms are read. */
  alarmPrefix: z.optional(z.string().check(z.minLength(1), z.maxLength(255))),
  /** Age in days from which the last game day counts as too long ago. A quarter of a year. */
  gameDayMaxAgeDays: z._default(z.int().check(z.gte(1), z.lte(366)), 90),
  /**
   * Used share of a store, in percent, from which it is a warning and from which it is a blocker. At 100 the broker
   * refuses messages (docs/amazon-mq.md 10.9): 70 leaves weeks at usual growth, 90 leaves a bad night.
   */
  storeWarningPercent: z._default(z.int().check(z.gte(1), z.lte(100)), 70),
  storeBlockerPercent: z._default(z.int().check(z.gte(1), z.lte(100)), 90),
});
