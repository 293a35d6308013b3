import type { VirtualClock } from '../../clock/virtual-clock.ts';
import { haltFrame } from '../interpreter/abort.ts';
import { prepareRedrive } from '../interpreter/frame.ts';
import type { ExecutionRun } from '../interpreter/run.ts';
import { runFrame } from '../interpreter/run-frame.ts';
import { StateFailure } from '../interpreter/state-failure.ts';
import type { ExecutionStatus } from '../ports.ts';
import type { Execution, ExecutionResult } from './execution.ts';
import { type HistoryEventType, HistoryFullError } from './history.ts';

const endEvents: Readonly<Record<ExecutionResult['status'], HistoryEventType>> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

const failedEnd = (reason: unknown): ExecutionResult => {
  if (reason instanceof StateFailure) return { status: 'FAILED', error: reason.error, cause: reason.failureCause };
  if (reason instanceof HistoryFullError) return { status: 'FAILED', error: 'States.Runtime', cause: reason.message };
  const detail = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  return { status: 'FAILED', error: 'States.Runtime', cause: `The engine failed: ${detail}` };
};

/** Starts, ends and redrives executions; each run is an actor of the virtual clock. */
export class Lifecycle {
  readonly #clock: VirtualClock;
  readonly #runOf: (execution: Execution) => ExecutionRun;
  readonly #onStatusChange: (execution: Execution) => void;

  constructor(
    clock: VirtualClock,
    runOf: (execution: Execution) => ExecutionRun,
    onStatusChange: (execution: Execution) => void,
  ) {
    this.#clock = clock;
    this.#runOf = runOf;
    this.#onStatusChange = onStatusChange;
  }

  start(execution: Execution): void {
    execution.history.append('ExecutionStarted', 0, this.#clock.nowMs(), {
      input: execution.input,
      inputDetails: { truncated: false },
      roleArn: execution.machine.roleArn,
    });
    this.#launch(execution);
  }

  /** Ends a running execution as ABORTED; its functions under way run on. Does nothing when it has ended. */
  stop(execution: Execution, error?: string, cause?: string): void {
    if (execution.status !== 'RUNNING') return;
    this.#interrupt(execution, { status: 'ABORTED', error, cause });
  }

  /** Ends a running execution as if its own time were over; its functions under way run on. */
  expire(execution: Execution): void {
    if (execution.status !== 'RUNNING') return;
    this.#interrupt(execution, { status: 'TIMED_OUT', error: 'States.Timeout' });
  }

  /** Goes on in the state that did not succeed. The caller has checked that the execution is redrivable. */
  redrive(execution: Execution): void {
    const nowMs = this.#clock.nowMs();
    execution.redriveCount++;
    execution.redrivenAtMs = nowMs;
    execution.transitions++;
    execution.status = 'RUNNING';
    execution.stoppedAtMs = undefined;
    execution.error = undefined;
    execution.cause = undefined;
    const eventId = execution.history.append('ExecutionRedriven', execution.root.lastEventId, nowMs, {
      redriveCount: execution.redriveCount,
    });
    prepareRedrive(execution.root, eventId);
    this.#launch(execution);
  }

  #launch(execution: Execution): void {
    const name = `${execution.machine.name}:${execution.name}`;
    execution.actor = this.#clock.spawn(name, async () => this.#end(execution, await this.#follow(execution)));
    const timeoutSeconds = execution.machine.definition.TimeoutSeconds;
    if (timeoutSeconds !== undefined) {
      execution.timeout = this.#clock.spawn(`${name} timeout`, async () => {
        await this.#clock.sleepMs(timeoutSeconds * 1_000);
        execution.timeout = undefined;
        this.#interrupt(execution, { status: 'TIMED_OUT', error: 'States.Timeout' });
      });
    }
    this.#onStatusChange(execution);
  }

  async #follow(execution: Execution): Promise<ExecutionResult> {
    try {
      return { status: 'SUCCEEDED', output: await runFrame(this.#runOf(execution), execution.root) };
    } catch (reason) {
      execution.root.status = 'failed';
      return failedEnd(reason);
    }
  }

  #interrupt(execution: Execution, end: ExecutionResult): void {
    haltFrame(this.#clock, execution.root);
    if (execution.actor !== undefined) this.#clock.kill(execution.actor);
    this.#end(execution, end);
  }

  #end(execution: Execution, end: ExecutionResult): void {
    const nowMs = this.#clock.nowMs();
    execution.actor = undefined;
    if (execution.timeout !== undefined) this.#clock.kill(execution.timeout);
    execution.timeout = undefined;
    const status: ExecutionStatus = end.status;
    execution.status = status;
    execution.stoppedAtMs = nowMs;
    execution.error = end.error;
    execution.cause = end.cause;
    if (end.status === 'SUCCEEDED') execution.output = JSON.stringify(end.output);
    const { root } = execution;
    root.lastEventId = execution.history.appendEnd(
      endEvents[end.status],
      root.lastEventId,
      nowMs,
      end.status === 'SUCCEEDED'
        ? { output: execution.output, outputDetails: { truncated: false } }
        : {
            ...(end.error === undefined ? {} : { error: end.error }),
            ...(end.cause === undefined ? {} : { cause: end.cause }),
          },
    );
    this.#onStatusChange(execution);
    execution.notifyEnd();
  }
}
