import type { Signal } from '../../simulator/clock/virtual-clock.ts';
import type { Json } from '../../simulator/engine/expression/json.ts';
import type { BrokerView } from '../../testbed/pair.ts';
import { Testbed } from '../../testbed/testbed.ts';
import { mondayMorningMs } from '../../testbed/testbed-plan.ts';
import { passwords } from '../../testbed/users.ts';
import { isoTime, type Journal, type Outcome } from '../journal/journal.ts';
import type { JournalStream } from '../journal/journal-stream.ts';
import { derivePromotions } from '../journal/promotions.ts';
import { JournalRecorder, type LiveEvent } from '../journal/recorder.ts';
import { scrubSecrets } from '../journal/scrub.ts';
import { regroup } from '../traffic/rate-series.ts';
import type { ExperimentContext } from './context.ts';
import { exceptionText, finish, newProgress, type Progress, runExperiment } from './experiment.ts';
import { FaultControl } from './fault-control.ts';
import { reconciliationSnapshot } from './reconciliation-watch.ts';
import type { Scenario } from './scenario/check.ts';
import { testbedPlan } from './scenario/testbed-plan.ts';
import { TrafficControl } from './traffic-control.ts';
import { recordBrokers, watchBrokers } from './watch-brokers.ts';
import { WorkflowRuns } from './workflow-runs.ts';

/** What a live display may ask for while a run is under way. */
export interface LiveView {
  readonly nowMs: number;
  readonly startMs: number;
  readonly counters: { readonly sent: number; readonly confirmed: number; readonly processed: number } | undefined;
  readonly brokers: readonly BrokerView[];
}

/** What a game day needs. */
export interface GameDayOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Called with the test bed before anything happens on it. */
  readonly onTestbed?: (testbed: Testbed) => void;
  /** Aborted by Ctrl-C: the run ends, and its journal holds what happened so far. */
  readonly interrupt: AbortSignal;
  readonly onEvent: (event: LiveEvent) => void;
  /** Gets every record as it happens. */
  readonly stream?: JournalStream;
  /** Aborted with a reason when the run cannot go on. */
  readonly abort?: AbortSignal;
  /** An empty folder for the items of tables; left out, they are in memory. */
  readonly tableFolder?: string;
  /** Called at least every few virtual seconds; awaited, so it may slow the run down. */
  readonly onTick: (view: LiveView) => Promise<void>;
}

/** A journal without the environment, which only the caller knows. */
export type UnstampedJournal = Omit<Journal, 'environment'>;

/** Plays a scenario on a test bed of its own, from the hypothesis to the final delivery accounting. */
export const runGameDay = async (options: GameDayOptions): Promise<UnstampedJournal> => {
  const { scenario, seed } = options;
  const { tableFolder } = options;
  const plan = testbedPlan(scenario.outline, seed, mondayMorningMs);
  const testbed = await Testbed.create({ ...plan, keepsCalls: false, tableFolder });
  try {
    options.onTestbed?.(testbed);
    return await play(options, testbed);
  } finally {
    await testbed.close();
  }
};

const play = async (options: GameDayOptions, testbed: Testbed): Promise<UnstampedJournal> => {
  const { scenario, seed, interrupt, stream } = options;
  const { clock, operator } = testbed;
  const pairs = Object.keys(scenario.outline.world.pairs);
  const recorder = new JournalRecorder(testbed, options.onEvent, stream);
  stream?.write('game-day', { experiment: scenario.source, seed, start: isoTime(clock.nowMs()) }, clock.nowMs());
  const traffic = new TrafficControl(testbed, scenario.outline, (notice) => recorder.client(notice));
  const context: ExperimentContext = {
    clock,
    testbed,
    operator,
    scenario: scenario.outline,
    recorder,
    workflows: new WorkflowRuns(testbed),
    traffic,
    faults: new FaultControl(testbed, recorder),
    promotions: () => derivePromotions({ ...recorder.records(), traffic: traffic.results(), endMs: clock.nowMs() }),
  };
  const promotionTimes = (pair: string): readonly number[] =>
    context
      .promotions()
      .filter((promotion) => promotion.pair === pair)
      .map(({ requestedAtMs }) => requestedAtMs);
  testbed.observe({
    brokerChange: () => recordBrokers(testbed, pairs, recorder),
    statusChange: (change) => {
      const reconciled = reconciliationSnapshot(change, testbed, promotionTimes);
      if (reconciled !== undefined) traffic.reconciled(reconciled);
    },
  });

  const progress = newProgress();
  const startMs = clock.nowMs();
  const view = (): LiveView => ({
    nowMs: clock.nowMs(),
    startMs,
    counters: traffic.counters,
    brokers: pairs.flatMap((pair) => testbed.pair(pair).views()),
  });
  try {
    await clock.run('game day', async () => {
      clock.spawn('broker watch', () =>
        watchBrokers(testbed, pairs, recorder, async () => {
          stream?.flush();
          await options.onTick(view());
        }),
      );
      await untilEndOrInterrupt(options, context, progress);
      if (traffic.running) traffic.abandon();
      recordBrokers(testbed, pairs, recorder);
    });
  } catch (error) {
    // A deadlock or a stuck actor: the test bed cannot go on, but what happened on it can still be reported.
    progress.abortReason = exceptionText(error);
    closeCurrentStep(progress, clock.nowMs(), progress.abortReason);
  }

  const endMs = clock.nowMs();
  const results = traffic.results();
  const minutes = regroup(
    results.flatMap((result) => result.buckets),
    60_000,
  );
  const outcome = outcomeOf(progress, interrupt.aborted);
  stream?.end(outcome, progress.abortReason ?? '');
  const journal: UnstampedJournal = {
    experiment: scenario.source,
    status: statusOf(outcome),
    deviated: progress.deviated,
    outcome,
    ...(progress.abortReason === undefined ? {} : { abortReason: progress.abortReason }),
    start: isoTime(startMs),
    end: isoTime(endMs),
    duration: (endMs - startMs) / 1_000,
    steady_states: { before: progress.before, after: progress.after, during: [] },
    run: progress.run,
    rollbacks: progress.rollbacks,
    records: { ...recorder.records(), messagesPerMinute: minutes },
    traffic: results,
  };
  return scrubSecrets(journal as unknown as Json, passwords()) as unknown as UnstampedJournal;
};

/** Runs the experiment in an actor of its own, so that an interrupt or the time limit can leave it where it stands. */
const untilEndOrInterrupt = async (
  options: GameDayOptions,
  context: ExperimentContext,
  progress: Progress,
): Promise<void> => {
  const { clock } = context;
  const { scenario, interrupt, abort } = options;
  const over: Signal = clock.signal();
  const experiment = clock.spawn('experiment', () => runExperiment(scenario, context, progress));
  experiment.onEnd(() => over.fire());
  const limitMinutes = scenario.outline.maxVirtualMinutes;
  const limit = clock.spawn('time limit', async () => {
    await clock.sleepMs(limitMinutes * 60_000);
    progress.abortReason = `the run took longer than ${limitMinutes} virtual minutes (maxVirtualMinutes)`;
    over.fire();
  });
  const interrupted = (): void => over.fire();
  const cutShort = AbortSignal.any([interrupt, ...(abort === undefined ? [] : [abort])]);
  cutShort.addEventListener('abort', interrupted, { once: true });
  if (cutShort.aborted) over.fire();
  await over.wait();
  cutShort.removeEventListener('abort', interrupted);
  if (abort?.aborted === true) progress.abortReason ??= String(abort.reason);
  clock.kill(limit);
  if (experiment.ended) await experiment.result;
  else {
    clock.kill(experiment);
    closeCurrentStep(progress, clock.nowMs(), progress.abortReason ?? 'interrupted');
  }
};

const closeCurrentStep = (progress: Progress, atMs: number, reason: string): void => {
  const { current } = progress;
  if (current === undefined) return;
  progress.current = undefined;
  current.into.push({ ...finish(current.step, current.startedAtMs, atMs, 'aborted', null), exception: reason });
};

const outcomeOf = (progress: Progress, interrupted: boolean): Outcome => {
  if (interrupted) return 'interrupted';
  if (progress.abortReason !== undefined) return 'aborted';
  return progress.deviated ? 'deviated' : 'met';
};

const statusOf = (outcome: Outcome): Journal['status'] => {
  if (outcome === 'met') return 'completed';
  if (outcome === 'deviated') return 'failed';
  return outcome;
};
