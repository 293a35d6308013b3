import { functions, machines } from '../../infra/catalogue.ts';
import { ledgerTableName } from '../../infra/names.ts';
import { callMs, historyEventBytes, logEnvelopeBytes, platformLogBytes, startMs } from './assumptions.ts';
import { callUsage, type TableReplicas } from './call-usage.ts';
import type { RecordedExecution, RecordedScenario } from './record-scenario.ts';
import { taskTargets } from './task-states.ts';
import { sumOf, type Usage } from './usage.ts';

/** What a bill depends on in addition to the runs themselves. */
export interface BillingTerms {
  readonly replicas: TableReplicas;
  /** Days that logs are kept. */
  readonly logRetentionDays: number;
}

/** Both tables, as they are deployed for `ledgerRegions` Regions with consumers. */
export const replicasOf = (controlRegions: number, ledgerRegions: number): TableReplicas => ({
  control: controlRegions,
  ledger: ledgerRegions,
  ledgerTable: ledgerTableName,
});

const bytesPerGb = 1_000_000_000;
const mibPerGb = 1_024;
const daysPerMonth = 365 / 12;

/** Memory of functions that name none, in MiB; infra/constructs/dr-function.ts. */
const usualMemoryMiB = 256;

/** Logs are paid when they come and for as long as they are kept. */
export const logUsage = (bytes: number, { logRetentionDays }: BillingTerms): Usage => ({
  logGb: bytes / bytesPerGb,
  logGbMonths: (bytes / bytesPerGb) * (logRetentionDays / daysPerMonth),
});

/** Functions call as `<machine> <execution>: <function>` or `event <Region>: <function>`, branches with `/<n>` behind. */
const callerPattern = /^(.*): ([a-z-]+)(?:\/\d+)*$/;

/** Calls that one function made on behalf of `owner`. */
export const callsOf = ({ calls }: RecordedScenario, owner: string) =>
  calls.flatMap((call) => {
    const [, by, name] = callerPattern.exec(call.caller ?? '') ?? [];
    return by === owner && name !== undefined ? [{ ...call, function: name }] : [];
  });

/**
 * Invocations of functions and the calls that they made.
 *
 * @param invoked name of the function of each invocation
 * @param waitedMs virtual milliseconds that the functions waited, all together, for what takes time on the test bed
 */
export const invocationUsage = (
  invoked: readonly string[],
  calls: ReturnType<typeof callsOf>,
  waitedMs: ReadonlyMap<string, number>,
  logBytes: number,
  terms: BillingTerms,
): Usage => {
  const memoryGb = (name: string): number =>
    (functions.find((spec) => spec.name === name)?.memoryMiB ?? usualMemoryMiB) / mibPerGb;
  const seconds = (milliseconds: number, name: string): number => (milliseconds / 1_000) * memoryGb(name);
  return sumOf([
    {
      lambdaInvocations: invoked.length,
      tracesRecorded: invoked.length,
      lambdaGbSeconds:
        invoked.reduce((sum, name) => sum + seconds(startMs, name), 0) +
        calls.reduce((sum, call) => sum + seconds(callMs, call.function), 0) +
        [...waitedMs].reduce((sum, [name, milliseconds]) => sum + seconds(milliseconds, name), 0),
    },
    logUsage(logBytes + invoked.length * platformLogBytes, terms),
    ...calls.map((call) => callUsage(call, terms.replicas)),
  ]);
};

/** Bytes of what functions logged. */
export const logBytesOf = (logs: RecordedScenario['logs']): number =>
  logs.reduce((sum, { message, fields }) => sum + logEnvelopeBytes + JSON.stringify({ message, fields }).length, 0);

/** What one execution was billed, without those that it started. */
export const executionUsage = (
  execution: RecordedExecution,
  recorded: RecordedScenario,
  terms: BillingTerms,
): Usage => {
  const spec = machines.find(({ name }) => name === execution.machine);
  if (spec === undefined) throw new TypeError(`no machine "${execution.machine}" is deployed`);
  const targets = taskTargets(spec);
  const functionOf = (state: string): string | undefined => {
    const target = targets.get(state);
    return target !== undefined && 'function' in target ? target.function : undefined;
  };
  const own = recorded.transitions.filter(({ executionArn }) => executionArn === execution.executionArn);
  const invoked: string[] = [];
  const waitedMs = new Map<string, number>();
  for (const [index, { atMs, stateName, kind }] of own.entries()) {
    const name = functionOf(stateName);
    if (name === undefined || (kind !== 'entered' && kind !== 'retried')) continue;
    invoked.push(name);
    if (kind !== 'entered') continue;
    const left = own.find((later, at) => at > index && later.stateName === stateName && later.kind !== 'retried');
    waitedMs.set(name, (waitedMs.get(name) ?? 0) + ((left?.atMs ?? atMs) - atMs));
  }
  const executionName = execution.executionArn.split(':').at(-1) ?? '';
  const logs = recorded.logs.filter(
    ({ atMs, region, functionName: name }) =>
      invoked.includes(name) &&
      region === execution.region &&
      atMs >= execution.startedAtMs &&
      atMs <= execution.endedAtMs,
  );
  return sumOf([
    { stateTransitions: execution.stateTransitions },
    logUsage(execution.historyEvents * historyEventBytes, terms),
    invocationUsage(
      invoked,
      callsOf(recorded, `${execution.machine} ${executionName}`),
      waitedMs,
      logBytesOf(logs),
      terms,
    ),
  ]);
};

/** Executions that this one started, and those that they started. */
export const childrenOf = (execution: RecordedExecution, recorded: RecordedScenario): readonly RecordedExecution[] => {
  const spec = machines.find(({ name }) => name === execution.machine);
  const targets = spec === undefined ? new Map() : taskTargets(spec);
  const children = recorded.transitions
    .filter(({ executionArn, kind }) => executionArn === execution.executionArn && kind === 'entered')
    .flatMap(({ atMs, stateName, region }) => {
      const target = targets.get(stateName);
      if (target === undefined || !('machine' in target)) return [];
      const child = recorded.executions.find(
        (other) => other.machine === target.machine && other.region === region && other.startedAtMs === atMs,
      );
      return child === undefined ? [] : [child];
    });
  return children.flatMap((child) => [child, ...childrenOf(child, recorded)]);
};
