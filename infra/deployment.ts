/** A deployed Lambda function: what the CDK app creates and what a game day calls. */
export interface FunctionSpec {
  readonly name: string;
  /** Module that exports `handler`, from the repository's root. */
  readonly entry: string;
  /** Which environment schemas of `functions/shared/environment.ts` it parses. */
  readonly environment: readonly ('pair' | 'notify')[];
}

/** A deployed state machine. */
export interface MachineSpec {
  readonly name: string;
  /** Definition file, from the repository's root. */
  readonly definition: string;
  /** Numbers that fill the definition's `${…}`, by name. */
  readonly numbers: Readonly<Record<string, number>>;
}

/**
 * Timeout of every function, in seconds. A look makes at most a handful of calls side by side; one call takes 8 s at
 * the worst, one write and the reads before it fit. Shorter than the task's timeout, so that no late writer runs on.
 */
export const functionTimeoutSeconds = 20;

/** Timeout of every Task state, in seconds: the function's own plus a cold start and the service's hand-over. */
const taskTimeoutSeconds = 30;

const replica = (name: string): FunctionSpec => ({
  name,
  entry: `functions/replica/${name}.handler.ts`,
  environment: ['pair'],
});

const promotion = (name: string): FunctionSpec => ({
  name,
  entry: `functions/promotion/${name}.handler.ts`,
  environment: ['pair'],
});

/** Every function of the deployment; the same set in both Regions. */
export const functions: readonly FunctionSpec[] = [
  replica('assess-eligibility'),
  replica('create-replica-broker'),
  replica('observe-creation'),
  replica('assess-reboot'),
  replica('reboot-primary'),
  replica('observe-pairing'),
  replica('prove-replication'),
  replica('record-pair'),
  promotion('assess-switchover'),
  promotion('promote-replica'),
  promotion('observe-switchover'),
  promotion('settle-switchover'),
  { ...promotion('report-stall'), environment: ['notify'] },
  { name: 'request-approval', entry: 'functions/runs/request-approval.handler.ts', environment: ['pair', 'notify'] },
  { name: 'check-approval', entry: 'functions/runs/check-approval.handler.ts', environment: ['pair'] },
  { name: 'report-failure', entry: 'functions/runs/report-failure.handler.ts', environment: ['notify'] },
];

/** Metrics arrive once a minute; docs/amazon-mq.md 10. */
const metricsWaitSeconds = 60;

/** Every state machine of the deployment. */
export const machines: readonly MachineSpec[] = [
  {
    name: 'create-replica',
    definition: 'statemachines/create-replica.asl.json',
    numbers: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // Creation takes some 25 minutes (docs/amazon-mq.md 2); an hour of looks is more than twice that.
      CreationWaitSeconds: 60,
      MaxCreationLooks: 60,
      // An approval stays open for a day at most; 1,441 looks of nine history events stay below the limit of 25,000.
      ApprovalWaitSeconds: 60,
      MaxApprovalLooks: 1_441,
      // A reboot takes about five minutes, longer with deep queues (docs/amazon-mq.md 7): half an hour of looks.
      RebootWaitSeconds: 30,
      MaxPairingLooks: 60,
      // First gauges come within a heartbeat and its publication, some four minutes; a quarter of an hour of looks.
      MetricsWaitSeconds: metricsWaitSeconds,
      MaxProofLooks: 15,
    },
  },
  {
    name: 'switchover',
    definition: 'statemachines/switchover.asl.json',
    numbers: {
      TaskTimeoutSeconds: taskTimeoutSeconds,
      // A healthy exchange takes some ten seconds; docs/amazon-mq.md 13, row 13.
      FirstLookSeconds: 5,
      // Nine history events a look: half of an execution's 25,000, and more looks than a day's drain needs.
      MaxLooks: 1_300,
      MetricsWaitSeconds: metricsWaitSeconds,
      // The way back is shown within a heartbeat and its publication, some four minutes; twice that.
      MaxReverseLooks: 8,
    },
  },
];
