import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { printable } from '../../../../functions/runtime/printable.ts';
import type { LiveView } from '../../../../gameday/experiment/run-game-day.ts';
import type { BrokerStateRecord } from '../../../../gameday/journal/journal.ts';
import type { LiveEvent } from '../../../../gameday/journal/recorder.ts';
import { LiveDisplay, type Screen } from '../../../../gameday/terminal/display.ts';
import { EventLines } from '../../../../gameday/terminal/event-line.ts';
import { LiveState, progressBar } from '../../../../gameday/terminal/status-block.ts';

const entered = (state: string, atMs = 0): LiveEvent => ({
  type: 'transition',
  record: {
    atMs,
    run: 'switchover',
    machine: 'switchover',
    region: 'us-west-2',
    state,
    stateType: 'Task',
    kind: 'entered',
  },
});

const creating: BrokerStateRecord = {
  atMs: 60_000,
  pair: 'orders',
  brokerId: 'b-1',
  brokerName: 'orders-replica',
  region: 'us-west-2',
  role: 'standalone',
  state: 'CREATION_IN_PROGRESS',
  serves: false,
};

const noGauges = {
  totalReplicationLagMs: undefined,
  primaryWaitTimeMs: undefined,
  replicationLagMs: undefined,
  replicaWaitTimeMs: undefined,
  replicationQueueSize: undefined,
};

const view = (nowMs: number): LiveView => ({
  nowMs,
  startMs: 0,
  counters: { sent: 1_204, confirmed: 1_203, processed: 1_200 },
  brokers: [
    { ...creating, role: 'standalone', gauges: noGauges, messages: 0 },
    {
      brokerId: 'b-2',
      brokerName: 'orders',
      region: 'us-east-1',
      role: 'primary',
      state: 'RUNNING',
      serves: true,
      gauges: { ...noGauges, totalReplicationLagMs: 5_400, replicationQueueSize: 18 },
      messages: 7,
    },
  ],
});

const screenOf = (isTty: boolean, columns = 60, colour = false): { screen: Screen; written: string[] } => {
  const written: string[] = [];
  return { written, screen: { write: (text) => written.push(text), isTty, columns: () => columns, colour } };
};

describe('the live log', () => {
  it('shows a state when a run first enters it, and not each turn of a loop', () => {
    const lines = new EventLines();
    const shown = ['Observe', 'Wait', 'Observe', 'Wait', 'Done'].map((state) => lines.lineFor(entered(state))?.text);
    expect(shown).toEqual(['Observe', 'Wait', undefined, undefined, 'Done']);
  });

  it('shows a verdict when it changes', () => {
    const lines = new EventLines();
    const judged = (verdict: string): LiveEvent => ({
      type: 'verdict',
      record: { atMs: 0, pair: 'orders', verdict, region: 'us-west-2', fields: {} },
    });
    const shown = ['draining', 'draining', 'exchanged'].map((verdict) => lines.lineFor(judged(verdict))?.text);
    expect(shown).toEqual(['orders: draining', undefined, 'orders: exchanged']);
  });

  it('does not let text from the run steer the terminal', () => {
    expect(printable('a\u001b[2Jb\r\nc\u009bd')).toBe('a [2Jb c d');
  });
});

describe('the status block', () => {
  it('shows time, states, brokers, lag, messages, and a bar for a long wait', () => {
    const state = new LiveState();
    state.apply(entered('WaitForCreation', 60_000));
    state.apply({ type: 'broker', record: creating });
    const text = state.lines(view(60_000 + 750_000), pc.createColors(false)).join('\n');
    expect(text).toContain('0:13:30');
    expect(text).toContain('switchover: WaitForCreation, for 12 min 30 s');
    expect(text).toContain('orders-replica creation in progress ██████████░░░░░░░░░░ 12 min 30 s of about 25 min');
    expect(text).toContain('orders (us-east-1) primary, takes clients, 7 stored');
    expect(text).toContain('total 5.4 s, backlog 18');
    expect(text).toContain('1,204 sent, 1,203 confirmed, 1,200 processed');
  });

  it('has bars that never leave their frame', () => {
    expect([-1, 0, 0.5, 1, 7].map((share) => progressBar(share, 4))).toEqual(['░░░░', '░░░░', '██░░', '████', '████']);
  });
});

describe('LiveDisplay', () => {
  it('draws each frame in one write, over the last block, never wider than the terminal', () => {
    const { screen, written } = screenOf(true);
    let wallMs = 0;
    const display = new LiveDisplay(screen, () => wallMs);
    display.begin(0, 'First switchover');
    display.event(entered('A state with a very long name that would wrap around the edge of the terminal'));
    display.frame(view(60_000));
    wallMs = 50;
    display.frame(view(61_000));
    expect(written).toHaveLength(1);
    wallMs = 150;
    display.frame(view(62_000));
    expect(written).toHaveLength(2);
    const height = (written[0] ?? '').split('\n').length - 1 - 2;
    expect(written[1]).toContain(`\u001b[${height}F\u001b[J`);
    for (const line of written.flatMap((text) => stripVTControlCharacters(text).split('\n'))) {
      expect(line.length).toBeLessThanOrEqual(60);
    }
  });

  it('cuts a line by the columns that it takes, and ends its colour', () => {
    const { screen, written } = screenOf(true, 6, true);
    const display = new LiveDisplay(screen);
    display.begin(0, '切換切換切換');
    display.frame(view(1));
    const line = (written[0] ?? '').split('\n')[0] ?? '';
    expect(line).toContain(pc.createColors(true).bold('切換…'));
  });

  it('gives the cursor back, once', () => {
    const { screen, written } = screenOf(true);
    const display = new LiveDisplay(screen);
    display.release();
    expect(written).toEqual([]);
    display.frame(view(1));
    display.release();
    display.release();
    expect(written.filter((text) => text.includes('\u001b[?25h'))).toHaveLength(1);
  });

  it('prints plain lines and no block on a pipe', () => {
    const { screen, written } = screenOf(false);
    const display = new LiveDisplay(screen);
    display.begin(0, 'First switchover');
    display.event(entered('Observe', 61_000));
    display.frame(view(61_000));
    expect(written).toEqual(['First switchover\n', '0:01:01  switchover        Observe\n']);
  });
});
