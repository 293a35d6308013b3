import * as z from 'zod';
import { brokerArnSchema } from './broker-arn.ts';
import { cutoverSchema } from './cutover-config.ts';
import { protectedWindowSchema } from './protected-window.ts';
import { readinessSchema } from './readiness-config.ts';
import { reconciliationSchema } from './reconciliation-config.ts';

/** How long a switchover may take before its run ends `Stalled`. */
const switchoverPolicySchema = z.strictObject({
  /**
   * Seconds from the request to the end of patience, whatever the progress. An hour: a backlog that needs longer is
   * better drained before the switchover than during it, since neither broker serves meanwhile. At most a day, which
   * is what the looks of one execution are bounded to.
   */
  deadlineSeconds: z.int().min(60).max(86_400).default(3_600),
  /**
   * Seconds without any sign of progress. Five minutes: a healthy exchange takes some 10 s, and metrics are two to
   * three minutes old when they are read.
   */
  stallSeconds: z.int().min(60).max(86_400).default(300),
  /** Events a second below which a shrinking backlog counts as no progress. */
  minimumEventsPerSecond: z.number().min(0).default(0),
});

/** What becomes of a switchover that stalls. */
const escalationSchema = z
  .strictObject({
    /** `never`: page · `ask`: a person decides while the watch goes on · `auto`: fail over within the loss budget. */
    mode: z.enum(['never', 'ask', 'auto']).default('never'),
    /** Replication events that may be left behind without asking anybody; an unknown loss never fits. */
    lossBudgetEvents: z.int().min(0).optional(),
  })
  .refine(({ mode, lossBudgetEvents }) => mode !== 'auto' || lossBudgetEvents !== undefined, {
    path: ['lossBudgetEvents'],
    message: 'mode "auto" needs the number of replication events that may be left behind',
  });

const canarySchema = z.strictObject({
  /** Secret with the AMQP user name and password, readable in the primary's Region. */
  secretArn: z.string().startsWith('arn:'),
  /** Queue that carries nothing but canaries. */
  queue: z.string().min(1).max(200).default('mq-dr.canary'),
});

/** The settings of one pair, as the functions' `PAIRS` environment variable holds them. */
export const pairConfigSchema = z.strictObject({
  /** The name that people use for the pair. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'expected 1–50 lower-case letters, digits and hyphens'),
  /** ARNs of both brokers; may be left out while the pair has yet to be created by create-replica. */
  brokers: z
    .tuple([brokerArnSchema, brokerArnSchema])
    .refine(([first, second]) => first.region !== second.region, 'the two brokers must be in different Regions')
    .optional(),
  /** Weekly times in which nothing is rebooted or promoted by plan. */
  protectedWindows: z.array(protectedWindowSchema).default([]),
  /** Whether a person must approve the pairing reboot. */
  rebootApproval: z.enum(['none', 'required']).default('none'),
  /** How long an approval stays open, in seconds. An hour: longer, and what was shown to the approver is history. */
  approvalSeconds: z.int().min(60).max(86_400).default(3_600),
  /** Whether an event may fail the pair over when two signals agree. */
  automaticFailover: z.boolean().default(false),
  /**
   * How long automatic runs hold back after a promotion that nobody has acknowledged, in seconds. An hour: what failed
   * once within it needs a person.
   */
  antiFlapSeconds: z.int().min(0).max(604_800).default(3_600),
  escalation: escalationSchema.default({ mode: 'never' }),
  switchover: switchoverPolicySchema.default({ deadlineSeconds: 3_600, stallSeconds: 300, minimumEventsPerSecond: 0 }),
  /**
   * How long a watch waits for its signals to agree or to clear before it pages, in seconds. Ten minutes: a second
   * signal comes within five (three missed heartbeats and a metric that is two minutes old). At most an hour, which is
   * what the looks of one execution are bounded to.
   */
  watchSeconds: z.int().min(60).max(3_600).default(600),
  /** Where a canary message may be sent to prove that replication runs. */
  canary: canarySchema.optional(),
  /** Limits and names for the scheduled evaluation of the pair. */
  readiness: readinessSchema.prefault({}),
  /** Consumers, the published endpoint and the fence of the old primary. */
  cutover: cutoverSchema.optional(),
  /** The ledger of processed messages and what is reconciled with it; absent while no consumer writes to the ledger. */
  reconciliation: reconciliationSchema.optional(),
});

export type PairConfig = z.output<typeof pairConfigSchema>;

/** All pairs of the deployment. */
export const pairConfigsSchema = z.array(pairConfigSchema).superRefine((pairs, context) => {
  const seen = new Set<string>();
  for (const pair of pairs) {
    if (seen.has(pair.name)) context.addIssue({ code: 'custom', message: `pair "${pair.name}" is configured twice` });
    seen.add(pair.name);
  }
});
