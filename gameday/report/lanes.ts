import { duration } from '../../testbed/page/format.ts';
import type { BrokerStateRecord, Journal } from '../journal/journal.ts';
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

/** A lane for each broker: its role, and whether clients could reach it. */
export const brokerLanes = (journal: Journal, window: TimeWindow): readonly Lane[] => {
  const names = [...new Set(journal.records.brokers.map((record) => record.brokerId))];
  return names.map((brokerId) => {
    const records = journal.records.brokers.filter((record) => record.brokerId === brokerId);
    const bars = records.map((record, index) => ({
      fromMs: record.atMs,
      toMs: records[index + 1]?.atMs ?? Date.parse(journal.end),
      ...brokerState(record),
    }));
    const first = records[0];
    return {
      name: first === undefined ? brokerId : `${first.brokerName} · ${first.region}`,
      bars: within(bars, window),
    };
  });
};

/** Whole workflow runs as bars, on as few lanes as their overlaps allow. */
export const runLanes = (journal: Journal, window: TimeWindow): readonly Lane[] => {
  const bars: Bar[] = journal.records.workflows.map((workflow) => ({
    fromMs: workflow.startedAtMs,
    toMs: workflow.endedAtMs ?? Date.parse(journal.end),
    label: workflow.status === 'SUCCEEDED' ? workflow.run : `${workflow.run} (${workflow.status.toLowerCase()})`,
    tone: workflow.status === 'SUCCEEDED' || workflow.status === 'RUNNING' ? 'work' : 'trouble',
  }));
  const rows: Bar[][] = [];
  for (const bar of within(bars, window)) {
    const row = rows.find((candidate) => (candidate.at(-1)?.toMs ?? 0) <= bar.fromMs);
    if (row === undefined) rows.push([bar]);
    else row.push(bar);
  }
  return rows.map((row, index) => ({ name: index === 0 ? 'Workflows' : 'Workflows (at the same time)', bars: row }));
};

/** A lane for each workflow run that is active in the window, with its states as bars. */
export const stateLanes = (journal: Journal, window: TimeWindow): readonly Lane[] => {
  const endMs = Date.parse(journal.end);
  return journal.records.workflows
    .filter((workflow) => workflow.startedAtMs < window.toMs && (workflow.endedAtMs ?? endMs) > window.fromMs)
    .map((workflow) => ({
      name: `${workflow.run} · ${workflow.region}`,
      bars: stateBars(journal, workflow.run, endMs),
    }))
    .map((lane) => ({ name: lane.name, bars: within(lane.bars, window) }));
};

const stateBars = (journal: Journal, run: string, endMs: number): readonly Bar[] => {
  const open = new Map<string, number>();
  const bars: Bar[] = [];
  for (const record of journal.records.transitions) {
    if (record.run !== run) continue;
    if (record.kind === 'entered') open.set(record.state, record.atMs);
    const fromMs = open.get(record.state);
    if (record.kind !== 'exited' || fromMs === undefined) continue;
    open.delete(record.state);
    bars.push({ fromMs, toMs: record.atMs, label: record.state, tone: record.stateType === 'Wait' ? 'wait' : 'work' });
  }
  const ended = journal.records.workflows.find((workflow) => workflow.run === run)?.endedAtMs ?? endMs;
  for (const [state, fromMs] of open) bars.push({ fromMs, toMs: ended, label: state, tone: 'work' });
  return bars.sort((a, b) => a.fromMs - b.fromMs);
};

/** Faults on one lane; none when there were none in the window. */
export const faultLane = (journal: Journal, window: TimeWindow): readonly Lane[] => {
  const bars: Bar[] = journal.records.faults.map((fault) => ({
    fromMs: fault.atMs,
    toMs: fault.endedAtMs ?? Date.parse(journal.end),
    label: fault.description,
    tone: 'trouble',
  }));
  const inside = within(bars, window);
  return inside.length === 0 ? [] : [{ name: 'Faults', bars: inside }];
};

/** When clients could not send, per pair with traffic. */
export const outageLanes = (journal: Journal, window: TimeWindow): readonly Lane[] =>
  journal.traffic.map((traffic) => ({
    name: `Clients of ${traffic.pair} unable to send`,
    bars: within(
      traffic.sends.outages.map((outage) => ({
        fromMs: outage.fromMs,
        toMs: outage.toMs,
        label: duration(outage.toMs - outage.fromMs),
        tone: 'trouble' as const,
      })),
      window,
    ),
  }));

const within = (bars: readonly Bar[], window: TimeWindow): readonly Bar[] =>
  bars.filter((bar) => bar.toMs >= window.fromMs && bar.fromMs <= window.toMs);
