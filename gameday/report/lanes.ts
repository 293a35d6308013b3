import { duration } from '../../testbed/page/format.ts';
import type { BrokerStateRecord, Journal, TransitionRecord, WorkflowRecord } from '../journal/journal.ts';
import type { TimeWindow } from './time-scale.ts';

/** How a bar looks; the style sheet has a class for each. */
export type BarTone = 'serving' | 'closed' | 'off' | 'work' | 'wait' | 'trouble';

/** A stretch of time with one state; milliseconds since the Unix epoch. */
export interface Bar extends TimeWindow {
  readonly label: string;
  readonly tone: BarTone;
}

/** One row of a timeline. */
export interface Lane {
  readonly name: string;
  readonly bars: readonly Bar[];
}

/** What a broker was at a time, in one or two words, and how it looks. */
const brokerState = (record: BrokerStateRecord): { readonly label: string; readonly tone: BarTone } => {
  if (record.serves)
    return { label: record.role === 'standalone' ? 'serves' : `${record.role}, serves`, tone: 'serving' };
  if (record.state === 'RUNNING' || record.state === 'REPLICA') {
    return { label: record.role === 'replica' ? 'replica' : `${record.role}, closed`, tone: 'closed' };
  }
  return { label: record.state.toLowerCase().replaceAll('_', ' '), tone: 'off' };
};

/**
 * The rows of a timeline, each with the bars that are in the window: workflows, brokers, faults, and outages of clients.
 *
 * @param detail whole workflow runs as bars, or the states of each run
 */
export const lanesOf = (journal: Journal, window: TimeWindow, detail: 'runs' | 'states'): readonly Lane[] => {
  const isInside = ({ fromMs, toMs }: TimeWindow): boolean => toMs >= window.fromMs && fromMs <= window.toMs;
  const endMs = Date.parse(journal.end);
  const { workflows, brokers, faults } = journal.records;
  const runs = workflows.map((workflow) => ({ ...workflow, endedAtMs: workflow.endedAtMs ?? endMs }));
  const active = runs.filter(({ startedAtMs, endedAtMs }) => startedAtMs < window.toMs && endedAtMs > window.fromMs);
  const faultBars = faults.map(({ atMs, endedAtMs = endMs, description }): Bar => {
    return { fromMs: atMs, toMs: endedAtMs, label: description, tone: 'trouble' };
  });
  const lanes: readonly Lane[] = [
    ...(detail === 'runs' ? runLanes(runs) : active.map((run) => stateLane(journal.records.transitions, run))),
    ...[...Map.groupBy(brokers, ({ brokerId }) => brokerId).values()].map((records) => brokerLane(records, endMs)),
    ...(faultBars.some(isInside) ? [{ name: 'Faults', bars: faultBars }] : []),
    ...journal.traffic.map(({ pair, sends }) => ({
      name: `Clients of ${pair} unable to send`,
      bars: sends.outages.map(({ fromMs, toMs }): Bar => {
        return { fromMs, toMs, label: duration(toMs - fromMs), tone: 'trouble' };
      }),
    })),
  ];
  return lanes.map(({ name, bars }) => ({ name, bars: bars.filter(isInside) }));
};

type Run = WorkflowRecord & { readonly endedAtMs: number };

/** Whole runs as bars, on as few lanes as their overlaps allow. */
const runLanes = (runs: readonly Run[]): readonly Lane[] => {
  const lanes: Bar[][] = [];
  for (const { run, status, startedAtMs, endedAtMs } of runs) {
    const bar: Bar = {
      fromMs: startedAtMs,
      toMs: endedAtMs,
      label: status === 'SUCCEEDED' ? run : `${run} (${status.toLowerCase()})`,
      tone: status === 'SUCCEEDED' || status === 'RUNNING' ? 'work' : 'trouble',
    };
    const free = lanes.find((bars) => (bars.at(-1)?.toMs ?? 0) <= startedAtMs);
    if (free === undefined) lanes.push([bar]);
    else free.push(bar);
  }
  return lanes.map((bars, index) => ({ name: index === 0 ? 'Workflows' : 'Workflows (at the same time)', bars }));
};

/** The states of a run as bars. */
const stateLane = (transitions: readonly TransitionRecord[], { run, region, endedAtMs }: Run): Lane => {
  const open = new Map<string, number>();
  const bars: Bar[] = [];
  for (const { state, stateType, kind, atMs } of transitions.filter((transition) => transition.run === run)) {
    if (kind === 'entered') open.set(state, atMs);
    const fromMs = open.get(state);
    if (kind !== 'exited' || fromMs === undefined) continue;
    open.delete(state);
    bars.push({ fromMs, toMs: atMs, label: state, tone: stateType === 'Wait' ? 'wait' : 'work' });
  }
  for (const [state, fromMs] of open) bars.push({ fromMs, toMs: endedAtMs, label: state, tone: 'work' });
  return { name: `${run} · ${region}`, bars: bars.sort((a, b) => a.fromMs - b.fromMs) };
};

/** The role of a broker, and whether clients could reach it. */
const brokerLane = (records: readonly BrokerStateRecord[], endMs: number): Lane => ({
  name: `${records[0]?.brokerName} · ${records[0]?.region}`,
  bars: records.map((record, index) => {
    return { fromMs: record.atMs, toMs: records[index + 1]?.atMs ?? endMs, ...brokerState(record) };
  }),
});
