import * as z from 'zod/mini';
import { brokerArnSchema } from './broker-arn.ts';
import { brokerDomainsSchema } from './broker-domains.ts';
import { cutoverSchema } from './cutover-config.ts';
import { protectedWindowSchema } from './protected-window.ts';
import { readinessSchema } from './readiness-config.ts';
import { reconciliationSchema } from './reconciliation-config.ts';

/** How long a switchover may take before its run ends `Stalled`. */
const switchoverPolicySchema = z.strictObject({
  /**
   * Seconds from the request to the deadline, whatever the progress. An hour: a backlog that needs longer is
   * better drained before the switchover than during it, since neither broker serves meanwhile. At most a day, which
   * is what the polls of one execution are limited to.
   */
  deadlineSeconds: z._default(z.int().check(z.gte(60), z.lte(86_400)), 3_600),
  /**
   * Seconds without any sign of progress. Five minutes: a healthy exchange takes some 10 s, and metrics are two to
   * three minutes old when they are read.
   */
  stallSeconds: z._default(z.int().check(z.gte(60), z.lte(86_400)), 300),
  /** Events a second below which a shrinking backlog counts as no progress. */
  minimumEventsPerSecond: z._default(z.number().check(z.gte(0)), 0),
});

/** What happens when a switchover stalls. */
const escalationSchema = z
  .strictObject({
    /** `never`: page · `ask`: a person decides while polling goes on · `auto`: fail over within the loss budget. */
    mode: z._default(z.enum(['never', 'ask', 'auto']), 'never'),
    /** Replication events that may be left behind without asking anybody; an unknown loss never fits. */
    lossBudgetEvents: z.optional(z.int().check(z.gte(0))),
  })
  .check(
    z.refine(({ mode, lossBudgetEvents }) => mode !== 'auto' || lossBudgetEvents !== undefined, {
      path: ['lossBudgetEvents'],
      message: 'mode "auto" needs the number of replication events that may be left behind',
    }),
  );

const canarySchema = z.strictObject({
  /** Secret with the AMQP user name and password, readable in the primary's Region. */
  secretArn: z.string().check(z.startsWith('arn:')),
  /** Queue that carries nothing but canaries. */
  queue: z._default(z.string().check(z.minLength(1), z.maxLength(200)), 'mq-dr.canary'),
});

/** The settings of one pair, as the functions' `PAIRS` environment variable holds them. */
export const pairConfigSchema = z.strictObject({
  /** The name by which operators know the pair. */
  name: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'expected 1–50 lower-case letters, digits and hyphens')),
  /** ARNs of both brokers; may be left out while the pair has yet to be created by create-replica. */
  brokers: z.optional(
    z
      .tuple([brokerArnSchema, brokerArnSchema])
      .check(
        z.refine(([first, second]) => first.region !== second.region, 'the two brokers must be in different Regions'),
      ),
  ),
  /** Weekly times in which nothing is rebooted or promoted by plan. */
  protectedWindows: z._default(z.array(protectedWindowSchema), []),
  /** Whether a person must approve the pairing reboot. */
  rebootApproval: z._default(z.enum(['none', 'required']), 'none'),
  /** How long an approval stays open, in seconds. An hour: longer, and what was shown to the approver is history. */
  approvalSeconds: z._default(z.int().check(z.gte(60), z.lte(86_400)), 3_600),
  /** Whether an event may fail the pair over when two signals agree. */
  automaticFailover: z._default(z.boolean(), false),
  /**
   * How long automatic runs hold back after a promotion that nobody has acknowledged, in seconds. An hour: what failed
   * once within it needs a person.
   */
  antiFlapSeconds: z._default(z.int().check(z.gte(0), z.lte(604_800)), 3_600),
  escalation: z._default(escalationSchema, { mode: 'never' }),
  switchover: z._default(switchoverPolicySchema, {
    deadlineSeconds: 3_600,
    stallSeconds: 300,
    minimumEventsPerSecond: 0,
  }),
  /**
   * How long a watch waits for its signals to agree or to clear before it pages, in seconds. Ten minutes: a second
   * signal comes within five (three missed heartbeats and a metric that is two minutes old). At most an hour, which is
   * what the polls of one execution are limited to.
   */
  watchSeconds: z._default(z.int().check(z.gte(60), z.lte(3_600)), 600),
  brokerDomains: brokerDomainsSchema,
  /** Where a canary message may be sent to prove that replication runs. */
  canary: z.optional(canarySchema),
  /** Limits and names for the scheduled evaluation of the pair. */
  readiness: z.prefault(readinessSchema, {}),
  /** Consumers, the published endpoint and the fence of the old primary. */
  cutover: z.optional(cutoverSchema),
  /** The ledger of processed messages and what is reconciled with it; absent while no consumer writes to the ledger. */
  reconciliation: z.optional(reconciliationSchema),
});

export type PairConfig = z.output<typeof pairConfigSchema>;

/** All pairs of the deployment. */
export const pairConfigsSchema = z.array(pairConfigSchema).check(
  z.superRefine((pairs, context) => {
    const seen = new Set<string>();
    for (const pair of pairs) {
      if (seen.has(pair.name)) context.addIssue({ code: 'custom', message: `pair "${pair.name}" is configured twice` });
      seen.add(pair.name);
    }
  }),
);
