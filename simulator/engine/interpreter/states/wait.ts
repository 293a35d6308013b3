import type { WaitState } from '../../definition/definition.ts';
import { isTimestamp } from '../../definition/schema.ts';
import { maxSeconds } from '../../limits.ts';
import { type StateResult, type StateScope, transitionToNext } from '../state-scope.ts';

const delayMsOf = async (scope: StateScope<WaitState>): Promise<number> => {
  const { Seconds, Timestamp } = scope.state;
  if (Timestamp === undefined) return (await scope.evaluateInteger(Seconds ?? 0, 'Seconds', 0, maxSeconds)) * 1_000;
  const timestamp = await scope.evaluateString(Timestamp, 'Timestamp');
  if (!isTimestamp(timestamp)) {
    throw scope.evaluationFailed(
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${timestamp}`,
      'Timestamp',
    );
  }
  // The service truncates a Timestamp to seconds, https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html.
  const untilMs = Math.floor(Date.parse(timestamp) / 1_000) * 1_000;
  return untilMs - scope.run.services.clock.nowMs();
};

/** https://states-language.net/spec.html#wait-state. A time in the past does not wait. */
export const runWait = async (scope: StateScope<WaitState>): Promise<StateResult> => {
  await scope.run.services.clock.sleepMs(await delayMsOf(scope));
  return {
    ...(await scope.complete(scope.state, scope.frame.input)),
    transition: transitionToNext(scope.state),
  };
};
