import type { Signal } from '../../simulator/clock/virtual-clock.ts';
import { isoTime, type Journal, type Outcome } from '../journal/journal.ts';
import { derivePromotions } from '../journal/promotions.ts';
import { type LiveEvent, Recorder } from '../journal/recorder.ts';
import { scrubSecrets } from '../journal/scrub.ts';
import { regroup } from '../traffic/rate-series.ts';
import type { ExerciseContext } from './context.ts';
import { exceptionText, finish, newProgress, type Progress, runExperiment } from './experiment.ts';
import { FaultControl } from './fault-control.ts';
import { Operator } from './operator.ts';
import { reconciliationSnapshot } from './reconciliation-watch.ts';
import type { Scenario } from './scenario/check.ts';
import type { ExerciseStage, StageBroker, StageFactory } from './stage-port.ts';
import type { Json } from './step.ts';
import { TrafficControl } from './traffic-control.ts';
import { recordBrokers, watchBrokers } from './watch-brokers.ts';
import { WorkflowRuns } from './workflow-runs.ts';

/** Every run begins at this virtual instant, a Monday: two runs with one seed have equal times. */
export const virtualStartMs = Date.UTC(2026, 0, 5, 9, 0, 0);

/** What a live display may ask for while a run is under way. */
export interface LiveView {
  readonly nowMs: number;
  readonly startMs: number;
  readonly counters: { readonly sent: number; readonly confirmed: number; readonly processed: number } | undefined;
  readonly brokers: readonly StageBroker[];
}

/** What a game day needs beside its scenario. */
export interface GameDayOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly createStage: StageFactory;
  /** Aborted by Ctrl-C: the run ends, and its journal holds what happened so far. */
  readonly interrupt: AbortSignal;
  readonly onEvent: (event: LiveEvent) => void;
  /** Called at least every few virtual seconds; awaited, so it may slow the run down. */
  readonly onTick: (view: LiveView) => Promise<void>;
}

/** A journal without its surroundings: what only the caller knows. */
export type UnstampedJournal = Omit<Journal, 'environment'>;

/** Plays a scenario on a stage of its own, from the hypothesis to the final books. */
export const runGameDay = async (options: GameDayOptions): Promise<UnstampedJournal> => {
  const { scenario, seed } = options;
  const stage = await options.createStage({ seed, startMs: virtualStartMs, ...scenario.outline.world });
  try {
    return await play(options, stage);
  } finally {
    await stage.close();
  }
};

const play = async (options: GameDayOptions, stage: ExerciseStage): Promise<UnstampedJournal> => {
  const { scenario, interrupt } = options;
  const { clock } = stage;
  const pairs = Object.keys(scenario.outline.world.pairs);
  const recorder = new Recorder(options.onEvent);
  const workflows = new WorkflowRuns(clock, stage);
  const operator = new Operator(clock, stage);
  const traffic = new TrafficControl(clock, stage, scenario.outline, (notice) => recorder.client(notice));
  const faults = new FaultControl(clock, stage, recorder);
  const context: ExerciseContext = {
    clock,
    stage,
    scenario: scenario.outline,
    recorder,
    workflows,
    operator,
    traffic,
    faults,
    promotions: () => {
      const records = recorder.records((arn) => stage.executionFigures(arn));
      return derivePromotions({ ...records, traffic: traffic.results(), endMs: clock.nowMs() });
    },
  };
  stage.observe({
    brokersChanged: () => {
      for (const pair of pairs) recordBrokers(stage, pair, recorder);
    },
    apiCall: (call) => recorder.apiCall(call),
    transition: (transition) => {
      recorder.transition(transition);
      workflows.transitionSeen(transition);
    },
    log: (log) => recorder.log(log),
    notification: (notification) => recorder.notification(notification),
    statusChange: (change) => {
      recorder.statusChange(change);
      workflows.statusChanged(change);
      const reconciled = reconciliationSnapshot(change, {
        stores: (pair) => stage.stores(pair),
        report: (region, key) => stage.report(region, key),
        promotionTimes: (pair) =>
          context
            .promotions()
            .filter((promotion) => promotion.pair === pair)
            .map(({ requestedAtMs }) => requestedAtMs),
      });
      if (reconciled !== undefined) traffic.reconciled(reconciled);
    },
  });

  const progress = newProgress();
  const startMs = clock.nowMs();
  const view = (): LiveView => ({
    nowMs: clock.nowMs(),
    startMs,
    counters: traffic.counters,
    brokers: pairs.flatMap((pair) => stage.brokers(pair)),
  });
  try {
    await clock.run('game day', async () => {
      clock.spawn('broker watch', () => watchBrokers(stage, pairs, recorder, () => options.onTick(view())));
      await untilEndOrInterrupt(options, context, progress);
      if (traffic.running) traffic.abandon();
      for (const pair of pairs) recordBrokers(stage, pair, recorder);
    });
  } catch (error) {
    // A deadlock or a stuck actor: the world cannot go on, but what it did can still be told.
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
    records: { ...recorder.records((arn) => stage.executionFigures(arn)), messagesPerMinute: minutes },
    traffic: results,
  };
  return scrubSecrets(journal as unknown as Json, stage.secrets()) as unknown as UnstampedJournal;
};

/** Runs the experiment in an actor of its own, so that an interrupt or the time limit can leave it where it stands. */
const untilEndOrInterrupt = async (
  options: GameDayOptions,
  context: ExerciseContext,
  progress: Progress,
): Promise<void> => {
  const { clock } = context;
  const { scenario, interrupt } = options;
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
  interrupt.addEventListener('abort', interrupted, { once: true });
  if (interrupt.aborted) over.fire();
  await over.wait();
  interrupt.removeEventListener('abort', interrupted);
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
