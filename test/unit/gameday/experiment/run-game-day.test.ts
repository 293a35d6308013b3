import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GameDayOptions, runGameDay, type UnstampedJournal } from '../../../../gameday/experiment/run-game-day.ts';
import { findScenario } from '../../../../gameday/experiment/scenario/catalogue.ts';
import { loadScenario, parseScenario } from '../../../../gameday/experiment/scenario/load.ts';
import { derivePromotions } from '../../../../gameday/journal/promotions.ts';
import { users } from '../../../../testbed/users.ts';

const play = async (text: string, overrides: Partial<GameDayOptions> = {}): Promise<UnstampedJournal> =>
  await runGameDay({
    scenario: parseScenario('test', 'test.yaml', text),
    seed: 5,
    interrupt: new AbortController().signal,
    onEvent: () => {},
    onTick: async () => {},
    ...overrides,
  });

const scenario = (method: string, extra = ''): string => `
title: Test
description: A pair that replicates, with a little traffic.
seed: 5
world:
  pairs:
    orders:
      primary: { region: us-east-1, brokerName: orders }
      replica: { region: us-west-2, brokerName: orders-replica }
      paired: true
traffic: { pair: orders, queues: [q], producers: 1, consumers: 1, ratePerSecond: 2 }
steady-state-hypothesis:
  title: Served in the east, and nothing lost
  probes:
    - { probe: pair-served-in, pair: orders, region: us-east-1 }
    - { probe: messages-accounted }
    - { probe: workflows-as-expected }
${extra}
method:
${method}
`;

/** The gates of a switchover want fresh metrics, which a new pair has after some minutes. */
const switchover = (region: string, rest = ''): string => `
  - { action: wait, seconds: 300 }
  - action: run-workflow
    workflow: switchover
    region: ${region}
    input: { pair: orders, targetRegion: ${region}, reason: test }
${rest}`;

const promotionsIn = (journal: UnstampedJournal) =>
  derivePromotions({ ...journal.records, traffic: journal.traffic, endMs: Date.parse(journal.end) });

it('goes on after a step that may fail, and only after such a one', async () => {
  const steps = (more: string) => `
  - { action: stop-run${more} }
  - { action: unfreeze, pair: orders${more} }
  - { action: wait, seconds: 1 }`;
  const allowed = await play(scenario(steps(', mayFail: true')));
  expect([allowed.outcome, ...allowed.run.map(({ status }) => status)]).toEqual([
    'met',
    'failed',
    'failed',
    'succeeded',
  ]);
  const forbidden = await play(scenario(steps('')));
  expect([forbidden.outcome, ...forbidden.run.map(({ status }) => status)]).toEqual([
    'deviated',
    'failed',
    'skipped',
    'skipped',
  ]);
  expect(() =>
    parseScenario('test', 'test.yaml', scenario('\n  - { probe: messages-accounted, mayFail: true }')),
  ).toThrow('must be true or false, and stand at an action');
});

describe('the first switchover', () => {
  let journal: UnstampedJournal;
  beforeAll(async () => {
    const { name, file } = await findScenario('first-switchover');
    journal = await play(await readFile(file, 'utf8'), { scenario: await loadScenario(name, file), seed: 7 });
  });

  it('meets its hypothesis, with every confirmed message processed exactly once', () => {
    expect(journal.outcome, JSON.stringify(journal.steady_states.after, null, 1)).toBe('met');
    const [traffic] = journal.traffic;
    expect(traffic?.messages.confirmed).toBeGreaterThan(5_000);
    expect(traffic?.messages.processedOnce).toBe(traffic?.messages.confirmed);
    expect(traffic?.drained).toBe(true);
  });

  it('names two promotions, there and back, each noticed after it was complete', () => {
    const promotions = promotionsIn(journal);
    expect(promotions.map(({ mode, region }) => [mode, region])).toEqual([
      ['SWITCHOVER', 'us-west-2'],
      ['SWITCHOVER', 'us-east-1'],
    ]);
    for (const promotion of promotions) {
      expect(promotion.completedAtMs).toBeGreaterThan(promotion.requestedAtMs);
      expect(promotion.detectedAtMs).toBeGreaterThanOrEqual(promotion.completedAtMs ?? Number.POSITIVE_INFINITY);
      expect(promotion.unavailableFrom).toBe('clients');
      expect(promotion.unavailableMs).toBeGreaterThan(1_000);
    }
  });

  it('writes down every call, state, log and broker change, and no password', () => {
    const { records } = journal;
    expect(records.apiCalls.filter(({ operation }) => operation === 'Promote')).toHaveLength(2);
    expect(records.transitions.some(({ state }) => state === 'SwitchedOver')).toBe(true);
    expect(records.workflows.map(({ run, status }) => [run, status])).toEqual([
      ['create-replica', 'SUCCEEDED'],
      ['switchover', 'SUCCEEDED'],
      // The pair has no ledger, so each reconciliation is skipped.
      ['reconcile', 'SUCCEEDED'],
      ['switchover 2', 'SUCCEEDED'],
      ['reconcile 2', 'SUCCEEDED'],
    ]);
    expect(records.workflows.every(({ transitions, historyEvents }) => transitions > 3 && historyEvents > 10)).toBe(
      true,
    );
    expect(records.brokers.some(({ role, serves }) => role === 'replica' && !serves)).toBe(true);
    expect(records.gauges.some(({ totalReplicationLagMs }) => totalReplicationLagMs !== null)).toBe(true);
    expect(JSON.stringify(journal)).not.toMatch(/embedded-(Operator|Replicator|Application)/);
  });
});

describe('runGameDay', () => {
  it('gives the same journal twice for one seed', async () => {
    const text = scenario(`  - action: start-traffic\n${switchover('us-west-2')}${switchover('us-east-1')}`);
    expect(await play(text)).toEqual(await play(text));
  });

  it('deviates when the system is not back in its steady state, and says which probe does not hold', async () => {
    const journal = await play(scenario(`  - action: start-traffic\n${switchover('us-west-2')}`));
    expect(journal).toMatchObject({ outcome: 'deviated', status: 'failed', deviated: true });
    expect(journal.steady_states.after?.probes.map((probe) => probe.tolerance_met)).toEqual([false, true, true]);
  });

  it('ends the method at a step that fails, skips the rest, and still rolls back', async () => {
    const rollback = `rollbacks:\n  - { action: wait, seconds: 1, name: undo }`;
    const journal = await play(
      scenario(
        `${switchover('us-west-2', '    expect: { output: { outcome: Refused } }')}
  - { action: wait, seconds: 60, name: never }`,
        rollback,
      ),
    );
    expect(journal.run.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'skipped']);
    expect(journal.run[1]?.exception).toContain('outcome is "SwitchedOver", expected "Refused"');
    expect(journal.rollbacks.map(({ status }) => status)).toEqual(['succeeded']);
    expect(journal.outcome).toBe('deviated');
  });

  it('names the nearest workflow for one that does not exist', async () => {
    const journal = await play(
      scenario(switchover('us-west-2').replace('workflow: switchover', 'workflow: swichover')),
    );
    expect(journal.run[1]?.exception).toContain(
      'unknown workflow "swichover"; did you mean "switchover"? (in us-west-2)',
    );
  });

  it('does not experiment on a system that is not in its steady state', async () => {
    const text = scenario('  - { action: wait, seconds: 60 }').replace(
      '{ probe: pair-served-in, pair: orders, region: us-east-1 }',
      '{ probe: pair-served-in, pair: orders, region: us-west-2 }',
    );
    const journal = await play(text);
    expect(journal.outcome).toBe('aborted');
    expect(journal.run).toEqual([]);
    expect(journal.abortReason).toContain('hypothesis was not met before the method');
  });

  it('aborts a run that outlasts its limit, and tells what it was doing', async () => {
    const journal = await play(scenario('  - { action: wait, seconds: 600, name: long }', 'maxVirtualMinutes: 1'));
    expect(journal.outcome).toBe('aborted');
    expect(journal.abortReason).toContain('longer than 1 virtual minutes');
    expect(journal.run.map(({ activity, status }) => [activity.name, status])).toEqual([['long', 'aborted']]);
    expect(journal.duration).toBe(60);
  });

  it('ends at an interrupt with the delivery accounting of what happened so far', async () => {
    const interrupt = new AbortController();
    const journal = await play(scenario('  - action: start-traffic\n  - { action: wait, seconds: 600, name: long }'), {
      interrupt: interrupt.signal,
      onTick: async (view) => {
        if (view.nowMs - view.startMs > 20_000) interrupt.abort();
      },
    });
    expect(journal).toMatchObject({ outcome: 'interrupted', status: 'interrupted' });
    expect(journal.run.at(-1)).toMatchObject({ status: 'aborted', exception: 'interrupted' });
    expect(journal.duration).toBeLessThan(60);
    expect(journal.traffic[0]?.messages.confirmed).toBeGreaterThan(30);
    expect(journal.traffic[0]?.messages.lost).toBe(0);
  });

  it('starts a workflow without waiting, brings trouble meanwhile, and waits for it later', async () => {
    const steps = `
  - { action: wait, seconds: 300 }
  - action: run-workflow
    workflow: switchover
    region: us-west-2
    input: { pair: orders, targetRegion: us-west-2, reason: test }
    wait: false
    as: over
  - { action: cut-link, pair: orders }
  - { action: wait, seconds: 90 }
  - { action: restore-link, pair: orders }
  - { action: await-workflow, run: over, expect: { output: { outcome: SwitchedOver } } }`;
    const journal = await play(scenario(steps));
    expect(journal.run.map(({ status, exception }) => exception ?? status)).toEqual(Array(6).fill('succeeded'));
    expect(journal.records.faults).toMatchObject([{ description: 'replication link of orders cut' }]);
    const [promotion] = promotionsIn(journal);
    // Neither broker serves while the link is down; without traffic that is read from the brokers themselves.
    expect(promotion?.unavailableFrom).toBe('brokers');
    expect(promotion?.unavailableMs).toBeGreaterThan(90_000);
  });

  it.each([
    ['{ action: await-state, workflow: failover, state: Nowhere, withinSeconds: 60 }', 'no failover entered Nowhere'],
    ['{ action: answer-approval, pair: orders, answer: denied, withinSeconds: 60 }', 'nobody asked about orders'],
    ['{ action: unfreeze, pair: orders }', 'orders is not frozen'],
    ['{ action: unfreeze }', 'everything is not frozen'],
    ['{ action: acknowledge, pair: orders }', 'no promotion of orders is recorded'],
    ['{ action: send-alarms, pair: orders, region: us-west-1 }', 'orders has no broker in us-west-1'],
    ['{ action: promote-outside, pair: orders, region: us-west-1 }', 'orders has no broker in us-west-1'],
    ['{ probe: promotions-made, count: 1 }', 'nothing was promoted'],
    ['{ probe: pages-sent, count: 1 }', 'no page was sent'],
    ['{ probe: executions-started, workflow: watch, count: 1 }', 'watch was started 0 times'],
    ['{ probe: workflow-outcome, workflow: watch, outcome: Cleared }', 'no watch was run'],
    ['{ probe: fence-is, pair: orders, region: us-east-1, status: wanted }', 'it is none'],
  ])('fails the step %s', async (step, why) => {
    const journal = await play(scenario(`  - ${step}`));
    expect(journal.outcome).toBe('deviated');
    const [failed] = journal.run;
    expect(failed?.exception ?? JSON.stringify(failed?.output)).toContain(why);
  });

  it('freezes as an operator would, and sees what a refused run says', async () => {
    const failover = `
  - action: run-workflow
    workflow: failover
    region: us-west-2
    input: { pair: orders, reason: test, acceptDataLoss: true }`;
    const frozen = await play(
      scenario(`
  - { action: freeze }${failover}
    expect: { output: { outcome: Refused }, blockers: [FROZEN] }
  - { action: unfreeze }
  - { probe: lock-free, pair: orders }`),
    );
    expect(frozen.run.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    const other = await play(scenario(`${failover}\n    expect: { blockers: [FROZEN] }`));
    expect(other.run[0]?.exception).toContain('blockers are none, expected FROZEN');
  });

  it('counts what a dark Region stores as stranded, and tells clients apart by their Region', async () => {
    const text = scenario(`
  - action: start-traffic
  - { action: wait, seconds: 60 }
  - { action: blackout-region, region: us-east-1 }
  - { action: stop-traffic }`).replace('ratePerSecond: 2 }', 'ratePerSecond: 2, region: us-east-2 }');
    const journal = await play(text);
    expect(journal.records.brokers.at(-1)).toMatchObject({ region: 'us-east-1', role: 'primary', serves: false });
    expect(journal.records.faults).toMatchObject([{ region: 'us-east-1' }]);
    expect(journal.traffic[0]?.messages.queued).toBe(0);
  });

  it('never writes a secret down, wherever it comes from', async () => {
    const { password } = users.console;
    const text = scenario('  - { action: wait, seconds: 90 }').replaceAll('title: Test', `title: ${password}`);
    const journal = await play(text);
    expect(JSON.stringify(journal)).not.toContain(password);
    expect(journal.experiment).toMatchObject({ title: '[secret]' });
  });
});
