import type { Json } from '../../simulator/engine/expression/json.ts';
import { type ActivityResult, type HypothesisResult, isoTime } from '../journal/journal.ts';
import type { ExperimentContext } from './context.ts';
import type { Scenario } from './scenario/check.ts';
import type { ProbeResult, Step } from './step.ts';
import { StepFailedError } from './step-failed.ts';

/** How far an experiment has come; filled while it runs, so that an interrupted one still has what happened. */
export interface Progress {
  before: HypothesisResult | null;
  after: HypothesisResult | null;
  readonly run: ActivityResult[];
  readonly rollbacks: ActivityResult[];
  /** The step under way. */
  current: { readonly step: Step<unknown>; readonly startedAtMs: number; readonly into: ActivityResult[] } | undefined;
  deviated: boolean;
  /** Why the experiment could not go on; set only when it was the experiment that failed, not the system under test. */
  abortReason: string | undefined;
}

export const newProgress = (): Progress => ({
  before: null,
  after: null,
  run: [],
  rollbacks: [],
  current: undefined,
  deviated: false,
  abortReason: undefined,
});

/**
 * Runs a scenario as chaostoolkit would: hypothesis, method, hypothesis, rollbacks. A system that is not in its steady
 * state before the method is not experimented on. A failed step ends the method, and the experiment has deviated.
 */
export const runExperiment = async (
  scenario: Scenario,
  context: ExperimentContext,
  progress: Progress,
): Promise<void> => {
  progress.before = await lookAt(scenario, context);
  if (!progress.before.steady_state_met) {
    const unmet = progress.before.probes.filter((probe) => !probe.tolerance_met);
    progress.abortReason =
      'the steady-state hypothesis was not met before the method: ' +
      unmet.map((probe) => `${probe.activity.name} (${probe.finding})`).join('; ');
    return;
  }
  await runSteps(scenario.method, context, progress, progress.run);
  await context.traffic.stop();
  if (progress.abortReason === undefined) {
    progress.after = await lookAt(scenario, context);
    if (!progress.after.steady_state_met) progress.deviated = true;
  }
  await runSteps(scenario.rollbacks, context, progress, progress.rollbacks);
};

const lookAt = async (scenario: Scenario, context: ExperimentContext): Promise<HypothesisResult> => {
  const probes: (ActivityResult & { tolerance_met: boolean; finding: string })[] = [];
  for (const probe of scenario.hypothesis.probes) {
    const startedAtMs = context.clock.nowMs();
    try {
      const result = await probe.run(context);
      const status = result.met ? 'succeeded' : 'failed';
      const activity = finish(probe, startedAtMs, context.clock.nowMs(), status, result.evidence);
      probes.push({ ...activity, tolerance_met: result.met, finding: result.finding });
    } catch (error) {
      const activity = finish(probe, startedAtMs, context.clock.nowMs(), 'failed', null, error);
      probes.push({ ...activity, tolerance_met: false, finding: `could not be looked at: ${exceptionText(error)}` });
    }
  }
  return { title: scenario.hypothesis.title, steady_state_met: probes.every((probe) => probe.tolerance_met), probes };
};

const runSteps = async (
  steps: readonly (Step<Json> | Step<ProbeResult>)[],
  context: ExperimentContext,
  progress: Progress,
  into: ActivityResult[],
): Promise<void> => {
  for (const [index, step] of steps.entries()) {
    const startedAtMs = context.clock.nowMs();
    progress.current = { step, startedAtMs, into };
    context.recorder.step(step.name, 'started');
    const result = await runStep(step, context, startedAtMs, progress);
    progress.current = undefined;
    into.push(result);
    context.recorder.step(step.name, result.status === 'succeeded' ? 'succeeded' : 'failed');
    if (result.status === 'succeeded' || step.mayFail) continue;
    const now = context.clock.nowMs();
    into.push(...steps.slice(index + 1).map((skipped) => finish(skipped, now, now, 'skipped', null)));
    return;
  }
};

const runStep = async (
  step: Step<Json> | Step<ProbeResult>,
  context: ExperimentContext,
  startedAtMs: number,
  progress: Progress,
): Promise<ActivityResult> => {
  try {
    const output = await step.run(context);
    const end = context.clock.nowMs();
    if (step.type === 'action') return finish(step, startedAtMs, end, 'succeeded', output as Json);
    const probed = output as ProbeResult;
    if (!probed.met) progress.deviated = true;
    const evidence = { finding: probed.finding, evidence: probed.evidence };
    return finish(step, startedAtMs, end, probed.met ? 'succeeded' : 'failed', evidence);
  } catch (error) {
    const expected = error instanceof StepFailedError || step.mayFail;
    if (expected && !step.mayFail) progress.deviated = true;
    else if (!expected) progress.abortReason = `step "${step.name}" could not be carried out: ${exceptionText(error)}`;
    return finish(step, startedAtMs, context.clock.nowMs(), expected ? 'failed' : 'aborted', null, error);
  }
};

/** Name and message of an error, in one line. */
export const exceptionText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** The journal's record of a step. */
export const finish = (
  step: Step<unknown>,
  startedAtMs: number,
  endedAtMs: number,
  status: ActivityResult['status'],
  output: Json,
  error?: unknown,
): ActivityResult => ({
  activity: { type: step.type, name: step.name, provider: step.source },
  status,
  start: isoTime(startedAtMs),
  end: isoTime(endedAtMs),
  duration: (endedAtMs - startedAtMs) / 1_000,
  output,
  ...(error === undefined ? {} : { exception: exceptionText(error) }),
});
