import type { FunctionSpec } from './function-spec.ts';
import { cutoverFunctions } from './functions/cutover.ts';
import { policyDriftFunctions } from './functions/policy-drift.ts';
import { promotionFunctions } from './functions/promotion.ts';
import { readinessFunctions } from './functions/readiness.ts';
import { reconciliationFunctions } from './functions/reconciliation.ts';
import { replicaFunctions } from './functions/replica.ts';
import { runFunctions } from './functions/runs.ts';
import { watchFunctions } from './functions/watch.ts';

/** A deployed state machine. */
export interface MachineSpec {
  readonly name: string;
  /** Definition file, from the repository's root. */
  readonly definition: string;
  /** Numbers that fill the definition's `${…}`, by name. */
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * Timeout of every function, in seconds. A poll makes at most a handful of calls side by side; one call takes 8 s at
 * the worst, one write and the reads before it fit. Shorter than the task's timeout, so that no late writer runs on.
 */
export const functionTimeoutSeconds = 20;

/** Timeout of every Task state, in seconds: the function's own plus a cold start and the service's hand-over. */
const taskTimeoutSeconds = 30;

/**
 * Pairs with a broker in one Region. Readiness evaluates them in one Map, and its payload of at most 256 KiB holds the
 * answer for each twice, of 4 KiB at the most: 30 fit, with history to spare (`npm run prove -- static`).
 */
export const maxPairsPerRegion = 30;

/** Every function of the deployment; the same set in both Regions. */
export const functions: readonly FunctionSpec[] = [
  ...replicaFunctions,
  ...readinessFunctions,
  ...promotionFunctions,
  ...cutoverFunctions,
  ...reconciliationFunctions,
  ...runFunctions,
  ...policyDriftFunctions,
  ...watchFunctions,
];

/** Metrics arrive once a minute; docs/amazon-mq.md 10. */
const metricsWaitSeconds = 60;

/** What both ways of promoting share. */
const promotionNumbers = {
  // Event-source mappings change their state within seconds; a minute of polls, since an outage goes on meanwhile.
  CutoverWaitSeconds: 5,
  MaxHoldPolls: 12,
  MaxCutoverPolls: 12,
  // A failover takes effect within three seconds (docs/amazon-mq.md 13, row 10); five minutes of polls.
  FailoverWaitSeconds: 5,
  MaxFailoverPolls: 60,
  // Held consumers wait for it: half an hour sees some ten million messages; what is left then is reported.
  ReconcileTimeoutSeconds: 1_800,
};

/** A step that goes through queues: the function's 300 s, and its hand-over; less than the lock's lease of 420 s. */
const queuesTimeoutSeconds = 330;

/** Every state machine of the deployment. */
export const machines: readonly MachineSpec[] = [
  {
    name: 'create-replica',
    definition: 'statemachines/create-replica.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // Creation takes some 25 minutes (docs/amazon-mq.md 2); an hour of polls is more than twice that.
      CreationWaitSeconds: 60,
      MaxCreationPolls: 60,
      // An approval stays open for a day at most; 1,441 polls of nine history events stay below the limit of 25,000.
      ApprovalWaitSeconds: 60,
      MaxApprovalPolls: 1_441,
      // A reboot takes about five minutes, longer with deep queues (docs/amazon-mq.md 7): half an hour of polls.
      RebootWaitSeconds: 30,
      MaxPairingPolls: 60,
      // First gauges come within a heartbeat and its publication, some four minutes; a quarter of an hour of polls.
      MetricsWaitSeconds: metricsWaitSeconds,
      MaxProofPolls: 15,
    },
  },
  {
    name: 'switchover',
    definition: 'statemachines/switchover.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // A healthy exchange takes some ten seconds; docs/amazon-mq.md 13, row 13.
      FirstPollSeconds: 5,
      // More polls than a drain of a day needs, at two minutes each (functions/promotion/polling.ts); with every poll tried
      // as often as its Retry allows and the run's own 26 hours, the history stays below 25,000 events: npm run prove.
      MaxPolls: 1_000,
      MetricsWaitSeconds: metricsWaitSeconds,
      // The way back is shown within a heartbeat and its publication, some four minutes; twice that.
      MaxReversePolls: 8,
      ...promotionNumbers,
    },
  },
  {
    name: 'failover',
    definition: 'statemachines/failover.asl.json',
    parameters: { TaskTimeoutSeconds: taskTimeoutSeconds, ...promotionNumbers },
  },
  {
    name: 'failback',
    definition: 'statemachines/failback.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      CutoverWaitSeconds: promotionNumbers.CutoverWaitSeconds,
      MaxCutoverPolls: promotionNumbers.MaxCutoverPolls,
      // Longer than switchover's own timeout of 26 hours, so that its end is seen.
      SwitchoverTimeoutSeconds: 94_000,
      ReconcileTimeoutSeconds: promotionNumbers.ReconcileTimeoutSeconds,
    },
  },
  {
    name: 'reconcile',
    definition: 'statemachines/reconcile.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      QueuesTimeoutSeconds: queuesTimeoutSeconds,
      // Each invocation starts queues for 150 s: 200 of them are more than eight hours, in some 3,600 history events.
      MaxQueuePolls: 200,
    },
  },
  {
    name: 'unpair',
    definition: 'statemachines/unpair.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // A reboot, and a deletion, take about five minutes (docs/amazon-mq.md 7): half an hour of polls for each.
      RebootWaitSeconds: 30,
      MaxUnpairingPolls: 60,
      DeletionWaitSeconds: 60,
      MaxDeletionPolls: 30,
    },
  },
  {
    name: 'readiness',
    definition: 'statemachines/readiness.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // Up to 25 Amazon MQ calls for each pair: four at a time stay within the account's burst of 100 (docs/amazon-mq.md 8.7).
      MaxConcurrentPairs: 4,
    },
  },
  {
    name: 'watch',
    definition: 'statemachines/watch.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // Heartbeats and metrics come once a minute; half of that finds each soon after it arrives.
      SignalWaitSeconds: 30,
      // The longest watch that a pair's settings allow is an hour: 120 polls, and room for some that fail at once.
      MaxPolls: 130,
      // Longer than failover's own timeout of two hours, so that its end is seen.
      FailoverTimeoutSeconds: 7_500,
    },
  },
  {
    name: 'settle-run',
    definition: 'statemachines/settle-run.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // An hour of polls, once a minute as metrics come: as long as a switchover's own deadline.
      PromotionWaitSeconds: 60,
      MaxPolls: 60,
    },
  },
  {
    name: 'policy-drift',
    definition: 'statemachines/policy-drift.asl.json',
    parameters: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // How fast the service recreates its policies is not documented; ten minutes of polls, then operators are notified.
      ServiceWaitSeconds: 60,
      MaxServicePolls: 10,
      // Policies of one run; the largest cap that a cluster's settings can have.
      MaxChanges: 100,
      // Figures of the management API are 5 s old at most (docs/rabbitmq.md 1.3). An hour of polls for each change:
      // what is allowed to resynchronise passes within seconds or minutes. The run's own eight hours of polls stay below
      // 25,000 history events: npm run prove.
      SyncWaitSeconds: 15,
      MaxSyncPolls: 240,
    },
  },
];
