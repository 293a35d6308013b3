import * as z from 'zod';

/** What readiness asks of a pair, where it differs from one pair to another. */
export const readinessSchema = z.strictObject({
  /** Name of the user that links the brokers; left out, it is looked for among the users that both brokers have. */
  replicationUser: z.string().min(2).max(100).optional(),
  /** Users that may exist on one broker alone, such as its own console user. */
  unsharedUsers: z.array(z.string().min(1)).default([]),
  /** Begin of the names of the pair's alarms, for accounts with very many; left out, all alarms are read. */
  alarmPrefix: z.string().min(1).max(255).optional(),
  /** Age in days from which the last game day counts as too long ago. A quarter of a year. */
  gameDayMaxAgeDays: z.int().min(1).max(366).default(90),
  /**
   * Used share of a store, in percent, from which it is a warning and from which it is a blocker. At 100 the broker
   * refuses messages (docs/amazon-mq.md 10.9): 70 leaves weeks at usual growth, 90 leaves a bad night.
   */
  storeWarningPercent: z.int().min(1).max(100).default(70),
  storeBlockerPercent: z.int().min(1).max(100).default(90),
});
