import { DrError } from '../functions/runtime/errors.ts';
import { printable } from '../functions/runtime/printable.ts';
import type { Runtime } from '../functions/runtime/runtime.ts';
import { causeText, eventLines, findingLines } from './execution-lines.ts';
import type { ExecutionState, Executions } from './executions.ts';
import { type ExitCode, exitCodes } from './operator-error.ts';
import { reconciliationLines, stepReconciliationLines } from './reconciliation-lines.ts';

/** Polls that may fail in a row before following ends: five minutes at the usual pace, longer than a network hiccup. */
const failedLooksAllowed = 60;

/** An execution as it ended. */
export interface ExecutionEnd extends ExecutionState {
  readonly executionArn: string;
  /** Member `outcome` of the output; undefined where there is none. */
  readonly outcome: string | undefined;
}

/** Outcomes of executions that succeed and still are not what was asked for; docs/adr/0005. */
const outcomeExits: Readonly<Record<string, ExitCode>> = {
  Refused: exitCodes.refused,
  NotReady: exitCodes.refused,
  Drifted: exitCodes.refused,
  Stalled: exitCodes.failed,
  Incomplete: exitCodes.failed,
};

/** The process's exit code for an execution's end. */
export const exitOf = ({ status, outcome }: Pick<ExecutionEnd, 'status' | 'outcome'>): ExitCode =>
  status === 'SUCCEEDED' ? (outcomeExits[outcome ?? ''] ?? exitCodes.done) : exitCodes.failed;

/** The output of an execution as an object; empty where it is none. */
export const outputOf = ({ output }: Pick<ExecutionState, 'output'>): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(output ?? '{}');
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
};

/**
 * How an execution of a pair ended, for a person: its outcome, every reason of a refusal, and the outcome of the
 * messages.
 */
export const endLines = (end: ExecutionEnd, pair: string): readonly string[] => {
  const seconds = Math.round(((end.stoppedAtMs ?? end.startedAtMs) - end.startedAtMs) / 1_000);
  if (end.status !== 'SUCCEEDED') {
    const cause = causeText(end.cause).split('\n').map(printable);
    return [`${printable(end.error ?? end.status)} after ${seconds} s (${end.status})`, ...cause];
  }
  const output = outputOf(end);
  const [, , , region = '', , , machine] = end.executionArn.split(':');
  const about = { pair, region };
  const planned = (Array.isArray(output.plannedWrites) ? output.plannedWrites : []) as readonly {
    readonly service?: string;
    readonly operation?: string;
    readonly region?: string;
  }[];
  return [
    `${printable(end.outcome ?? end.status)} after ${seconds} s`,
    ...findingLines('blocker', output.blockers),
    ...findingLines('warning', output.warnings),
    ...(machine === 'reconcile' ? reconciliationLines(output, about) : []),
    ...stepReconciliationLines(output.reconciliation, about),
    ...planned.map(({ service, operation, region }) =>
      printable(`would call ${service}:${operation} in ${region}, with the request that --json shows`),
    ),
  ];
};

/**
 * Follows an execution until it has ended, telling what happens on the way.
 *
 * @param tell gets each line as it comes
 * @param pollSeconds seconds between two polls
 * @throws ServiceUnavailable when nothing can be seen any more, AccessDenied, NotFound; the execution goes on
 */
export const followExecution = async (
  runtime: Runtime,
  executions: Executions,
  run: { readonly executionArn: string; readonly pair: string },
  tell: (line: string) => void,
  pollSeconds: number,
): Promise<ExecutionEnd> => {
  let lastId = 0;
  let failedLooks = 0;
  for (;;) {
    try {
      // The state first: when it says that the run has ended, the events read after it are complete.
      const state = await executions.describe(run.executionArn);
      const events = await executions.eventsAfter(run.executionArn, lastId);
      failedLooks = 0;
      lastId = events.at(-1)?.id ?? lastId;
      for (const event of events) for (const line of eventLines(event, run.pair)) tell(line);
      if (state.status !== 'RUNNING' && state.status !== 'PENDING_REDRIVE') {
        const { outcome } = outputOf(state);
        return { executionArn: run.executionArn, ...state, outcome: typeof outcome === 'string' ? outcome : undefined };
      }
    } catch (error) {
      failedLooks += 1;
      const passing = error instanceof DrError && error.kind === 'transient';
      if (!passing || failedLooks > failedLooksAllowed) throw error;
      tell(`(cannot check now, the run continues: ${printable(error.message)})`);
    }
    await runtime.clock.sleepMs(pollSeconds * 1_000);
  }
};
