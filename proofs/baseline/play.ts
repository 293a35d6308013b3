import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clockSkewSeconds, isHeldByOther, leaseSeconds } from '../../functions/control/guards.ts';
import { controlTable } from '../../testbed/stage.ts';
import { finalState } from './final-state.ts';
import type { Rehearsal } from './rehearsal.ts';
import { RehearsalStage, type RunEnd } from './rehearsal-stage.ts';

/** What disturbs a rehearsal. */
export interface Disturbance {
  /** Puts it in place; the workflow starts right after. */
  arm(stage: RehearsalStage): void;
  /** Takes it away; the first execution has ended. */
  disarm?(stage: RehearsalStage): void;
  /** Definitions in place of the deployed ones, by machine. */
  readonly definitions?: Readonly<Record<string, string>>;
  /** What is tried with the first execution after its end, before anything is started again. */
  readonly afterEnd?: (stage: RehearsalStage, first: RunEnd) => Promise<void>;
}

/** How a rehearsal ended. */
export interface Played {
  readonly first: RunEnd;
  /** The last of the executions that were started with the same input because the first one did not succeed. */
  readonly recovery: RunEnd | undefined;
  /** How many those were. */
  readonly recoveries: number;
  readonly finalState: readonly string[];
  /** Calls that changed a broker since the workflow began. */
  readonly effects: readonly string[];
  /** Locks that nobody could take at the end: at once, and after a lease. */
  readonly heldAtOnce: readonly string[];
  readonly heldForGood: readonly string[];
  /** Answers that are not what the facts about their functions say. */
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
 * Seconds before each new start: a person looks at the failed run; a lease that nobody gave back has ended; a broker has
 * rebooted (docs/amazon-mq.md 7).
 */
const recoverySeconds: readonly number[] = [30, leaseSeconds + clockSkewSeconds, 600];

/** Event-source mappings change within half a minute; what was asked for last is there after this time. */
const calmSeconds = 120;

/** Longer than everything that a run may wait for: an approval, a drain, an hour of settle-run. */
const patienceSeconds = 6 * 3_600;

/** The owner of a lock that was given back; functions/control/guard-table.ts. */
const nobody = 'nobody';

const scopes = ['PAIR#orders', 'WATCH#orders', 'CLUSTER#events'];

/** Locks that an outsider could not take now. */
const heldLocks = async ({ stage }: RehearsalStage): Promise<readonly string[]> => {
  const client = new DynamoDBClient({ ...stage.aws.clientSettings(), region: 'us-east-2', maxAttempts: 1 });
  const keys = scopes.map((scope) => ({ pk: { S: scope }, sk: { S: 'LOCK' } }));
  const { Responses = {} } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [controlTable]: { Keys: keys, ConsistentRead: true } } }),
  );
  return (Responses[controlTable] ?? []).flatMap(({ pk, owner, purpose, expiresAtMs }) => {
    const lock = { owner: owner?.S ?? '', fence: 0, purpose: purpose?.S ?? '', expiresAtMs: Number(expiresAtMs?.N) };
    const isFree = lock.owner === nobody || !isHeldByOther(lock, 'an outsider', stage.clock.nowMs());
    return isFree ? [] : [`${pk?.S} is held by ${lock.purpose}`];
  });
};

const running = ({ stage }: RehearsalStage) => stage.engine.executions().filter(({ status }) => status === 'RUNNING');

const allEnded = async (stage: RehearsalStage): Promise<readonly string[]> => {
  const deadlineMs = stage.stage.clock.nowMs() + patienceSeconds * 1_000;
  while (running(stage).length > 0 && stage.stage.clock.nowMs() < deadlineMs) await stage.sleepSeconds(20);
  return running(stage).map(({ machineName, name }) => `${machineName} ${name}`);
};

const enteredAfter = (
  { transitions }: RehearsalStage,
  executionArn: string,
  startedAtMs: number,
): Played['enteredAfter'] => {
  const entered = transitions.filter(({ kind, executionArn: arn }) => kind === 'entered' && arn === executionArn);
  // The first entry of a state comes last into the object, and stays.
  return Object.fromEntries(
    entered.toReversed().map(({ stateName, atMs }) => [stateName, (atMs - startedAtMs) / 1_000]),
  );
};

const caughtIn = (stage: RehearsalStage, executionArn: string): Played['caught'] =>
  stage.transitions
    .filter((transition) => transition.executionArn === executionArn && transition.kind === 'caught')
    .map(({ stateName, error = '', cause = '' }) => ({ state: stateName, error, cause }));

/**
 * Starts the workflow again with the same input. A refusal, or a page, names what is in the way, such as a broker that
 * still reboots or a lock that a function of the dead run took: people start once more when it has passed.
 */
const recover = async (
  stage: RehearsalStage,
  input: unknown,
  wanted: string | undefined,
): Promise<{ readonly recovery: RunEnd; readonly recoveries: number }> => {
  const { machine, region } = stage.rehearsal;
  for (let count = 1; ; count++) {
    await stage.sleepSeconds(recoverySeconds[count - 1] ?? 0);
    const recovery = await stage.end(await stage.start(machine, region, input));
    const isLast = wanted === undefined || count === recoverySeconds.length;
    if (recovery.outcome === wanted || isLast) return { recovery, recoveries: count };
  }
};

/**
 * Plays a rehearsal under a disturbance, starts a failed run again, and looks at what is left.
 *
 * @param options.wanted outcome of the undisturbed rehearsal, of its last run: one that ends otherwise is started again
 */
export const play = async (
  rehearsal: Rehearsal,
  disturbance: Disturbance,
  options: { readonly wanted?: string | undefined } = {},
): Promise<Played> => {
  const stage = await RehearsalStage.create(rehearsal, {
    ...(disturbance.definitions && { definitions: disturbance.definitions }),
  });
  const { clock, engine } = stage.stage;
  try {
    return await stage.play(async () => {
      await rehearsal.before(stage);
      stage.isUnderWay = true;
      const effectsBefore = stage.effects.length;
      disturbance.arm(stage);
      const input = rehearsal.input(stage);
      const { beside } = rehearsal;
      const helper = beside === undefined ? undefined : clock.spawn('beside', () => beside(stage));
      const executionArn = await stage.start(rehearsal.machine, rehearsal.region, input);
      const first = await stage.end(executionArn);
      disturbance.disarm?.(stage);
      await disturbance.afterEnd?.(stage, first);
      const summary = engine.executions().find((execution) => execution.executionArn === executionArn);
      const isDone = first.status === 'SUCCEEDED' && (!('wanted' in options) || first.outcome === options.wanted);
      const again = isDone ? undefined : await recover(stage, input, options.wanted);
      const endless = await allEnded(stage);
      await stage.sleepSeconds(calmSeconds);
      if (helper !== undefined) clock.kill(helper);
      const heldAtOnce = await heldLocks(stage);
      if (heldAtOnce.length > 0) await stage.sleepSeconds(leaseSeconds + clockSkewSeconds);
      return {
        first,
        recovery: again?.recovery,
        recoveries: again?.recoveries ?? 0,
        finalState: await finalState(stage),
        effects: stage.effects.slice(effectsBefore),
        heldAtOnce,
        heldForGood: heldAtOnce.length > 0 ? await heldLocks(stage) : [],
        endless,
        answerProblems: [...stage.answerProblems],
        seconds: ((summary?.stoppedAtMs ?? 0) - (summary?.startedAtMs ?? 0)) / 1_000,
        enteredAfter: enteredAfter(stage, executionArn, summary?.startedAtMs ?? 0),
        historyEvents: summary?.historyEvents ?? 0,
        caught: caughtIn(stage, executionArn),
      };
    });
  } finally {
    await stage.stage.close();
  }
};
