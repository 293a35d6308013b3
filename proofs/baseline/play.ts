import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clockSkewSeconds, isHeldByOther, leaseSeconds } from '../../functions/control/guards.ts';
import { controlTableName } from '../../infra/names.ts';
import type { TaskCall } from '../../simulator/engine/ports.ts';
import { operatorRegion } from '../../testbed/operator.ts';
import type { Testbed, WorkflowEnd } from '../../testbed/testbed.ts';
import { type Baseline, createTestbed, type Stub } from './baseline.ts';
import { finalState } from './final-state.ts';
import { observe, settleEndedRuns } from './observations.ts';

/** What disturbs a baseline run. */
export interface Disturbance {
  /** Puts it in place; the workflow starts right after. */
  arm(testbed: Testbed): void;
  /** Takes it away; the first execution has ended. */
  disarm?(testbed: Testbed): void;
  /** Definitions in place of the deployed ones, by machine. */
  readonly definitions?: Readonly<Record<string, string>>;
  /** What is tried with the first execution after its end, before anything is started again. */
  readonly afterEnd?: (testbed: Testbed, first: WorkflowEnd) => Promise<void>;
}

/** How a run of a baseline ended. */
export interface Played {
  readonly first: WorkflowEnd;
  /** The last of the executions that were started with the same input because the first one did not succeed. */
  readonly recovery: WorkflowEnd | undefined;
  /** How many those were. */
  readonly recoveries: number;
  readonly finalState: readonly string[];
  /** Calls that changed a broker since the workflow began. */
  readonly effects: readonly string[];
  /** Locks that nobody could take at the end: at once, and after a lease. */
  readonly heldAtOnce: readonly string[];
  readonly heldForGood: readonly string[];
  /** Answers that differ from the contracts of their functions. */
  readonly answerProblems: readonly string[];
  /** Executions that had not ended after hours. */
  readonly endless: readonly string[];
  /** Virtual seconds that the first execution took. */
  readonly seconds: number;
  /** Virtual seconds after which it first entered each state. */
  readonly enteredAfter: Readonly<Record<string, number>>;
  readonly historyEvents: number;
  /** Error and state of every failure that the first execution caught, in order. */
  readonly caught: readonly { readonly state: string; readonly error: string; readonly cause: string }[];
}

/**
 * Seconds before each new start: an operator reads the failed run; a lease that nobody released has ended; a broker has
 * rebooted (docs/amazon-mq.md 7).
 */
const recoverySeconds: readonly number[] = [30, leaseSeconds + clockSkewSeconds, 600];

/** Event-source mappings change within half a minute; what was asked for last is there after this time. */
const calmSeconds = 120;

/** Longer than everything that a run may wait for: an approval, a drain, an hour of settle-run. */
const timeoutSeconds = 6 * 3_600;

/** The owner of a lock that was released; functions/control/guard-table.ts. */
const nobody = 'nobody';

const scopes = ['PAIR#orders', 'WATCH#orders', 'CLUSTER#events'];

/** Locks that an outsider could not take now. */
const heldLocks = async (testbed: Testbed): Promise<readonly string[]> => {
  const client = testbed.client(DynamoDBClient, operatorRegion);
  const keys = scopes.map((scope) => ({ pk: { S: scope }, sk: { S: 'LOCK' } }));
  const { Responses = {} } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [controlTableName]: { Keys: keys, ConsistentRead: true } } }),
  );
  return (Responses[controlTableName] ?? []).flatMap(({ pk, owner, purpose, expiresAtMs }) => {
    const lock = { owner: owner?.S ?? '', fence: 0, purpose: purpose?.S ?? '', expiresAtMs: Number(expiresAtMs?.N) };
    const isFree = lock.owner === nobody || !isHeldByOther(lock, 'an outsider', testbed.clock.nowMs());
    return isFree ? [] : [`${pk?.S} is held by ${lock.purpose}`];
  });
};

const allEnded = async (testbed: Testbed): Promise<readonly string[]> => {
  const deadlineMs = testbed.clock.nowMs() + timeoutSeconds * 1_000;
  while (testbed.running().length > 0 && testbed.clock.nowMs() < deadlineMs) await testbed.sleepSeconds(20);
  return testbed.running().map(({ machineName, name }) => `${machineName} ${name}`);
};

const enteredAfter = ({ transitions }: Testbed, executionArn: string, startedAtMs: number): Played['enteredAfter'] => {
  const entered = transitions.filter(({ kind, executionArn: arn }) => kind === 'entered' && arn === executionArn);
  // The first entry of a state comes last into the object, and stays.
  return Object.fromEntries(
    entered.toReversed().map(({ stateName, atMs }) => [stateName, (atMs - startedAtMs) / 1_000]),
  );
};

const caughtIn = (testbed: Testbed, executionArn: string): Played['caught'] =>
  testbed.transitions
    .filter((transition) => transition.executionArn === executionArn && transition.kind === 'caught')
    .map(({ stateName, error = '', cause = '' }) => ({ state: stateName, error, cause }));

/**
 * Starts the workflow again with the same input. A refusal, or a page, names what is in the way, such as a broker that
 * still reboots or a lock that a function of the dead run took: people start once more when it has passed.
 */
const recover = async (
  testbed: Testbed,
  { machine, region }: Baseline,
  input: unknown,
  wanted: string | undefined,
): Promise<{ readonly recovery: WorkflowEnd; readonly recoveries: number }> => {
  for (let count = 1; ; count++) {
    await testbed.sleepSeconds(recoverySeconds[count - 1] ?? 0);
    const recovery = await testbed.run(machine, region, input);
    const isLast = wanted === undefined || count === recoverySeconds.length;
    if (recovery.outcome === wanted || isLast) return { recovery, recoveries: count };
  }
};

/** What a state gets instead of its function, once the workflow is under way. */
const stubbing = ({ machine, stubs = {}, stubsOnce = false }: Baseline, isUnderWay: () => boolean) => {
  const first = new Map<string, string>();
  return ({ machineName, executionArn, stateName }: TaskCall): Stub | undefined => {
    if (!isUnderWay()) return undefined;
    const key = `${machineName}/${stateName}`;
    const stub = (machineName === machine ? stubs[stateName] : undefined) ?? stubs[key];
    if (stub === undefined || !stubsOnce) return stub;
    if (!first.has(key)) first.set(key, executionArn);
    return executionArn === first.get(key) ? stub : undefined;
  };
};

/**
 * Plays a baseline under a disturbance, starts a failed run again, and reads what is left.
 *
 * @param options.wanted outcome of the undisturbed run, of its last execution: one that ends otherwise is started again
 */
export const play = async (
  baseline: Baseline,
  disturbance: Disturbance,
  options: { readonly wanted?: string | undefined } = {},
): Promise<Played> => {
  let isUnderWay = false;
  const testbed = await createTestbed(baseline, {
    replaceTask: stubbing(baseline, () => isUnderWay),
    ...(disturbance.definitions && { definitions: disturbance.definitions }),
  });
  const { effects, answerProblems } = observe(testbed);
  if (baseline.unsettled !== true) settleEndedRuns(testbed);
  const { clock } = testbed;
  try {
    return await testbed.play(async () => {
      await baseline.before(testbed);
      isUnderWay = true;
      const effectsBefore = effects.length;
      disturbance.arm(testbed);
      const input = baseline.input(testbed);
      const { meanwhile } = baseline;
      const helper = meanwhile === undefined ? undefined : clock.spawn('meanwhile', () => meanwhile(testbed));
      const first = await testbed.run(baseline.machine, baseline.region, input);
      const { executionArn } = first;
      disturbance.disarm?.(testbed);
      await disturbance.afterEnd?.(testbed, first);
      const summary = testbed.execution(executionArn);
      const isDone = first.status === 'SUCCEEDED' && (!('wanted' in options) || first.outcome === options.wanted);
      const again = isDone ? undefined : await recover(testbed, baseline, input, options.wanted);
      const endless = await allEnded(testbed);
      await testbed.sleepSeconds(calmSeconds);
      if (helper !== undefined) clock.kill(helper);
      const heldAtOnce = await heldLocks(testbed);
      if (heldAtOnce.length > 0) await testbed.sleepSeconds(leaseSeconds + clockSkewSeconds);
      return {
        first,
        recovery: again?.recovery,
        recoveries: again?.recoveries ?? 0,
        finalState: await finalState(testbed),
        effects: effects.slice(effectsBefore),
        heldAtOnce,
        heldForGood: heldAtOnce.length > 0 ? await heldLocks(testbed) : [],
        endless,
        answerProblems: [...answerProblems],
        seconds: ((summary?.stoppedAtMs ?? 0) - (summary?.startedAtMs ?? 0)) / 1_000,
        enteredAfter: enteredAfter(testbed, executionArn, summary?.startedAtMs ?? 0),
        historyEvents: summary?.historyEvents ?? 0,
        caught: caughtIn(testbed, executionArn),
      };
    });
  } finally {
    await testbed.close();
  }
};
