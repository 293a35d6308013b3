import { describe, expect, it } from 'vitest';
import { runGameDay, type UnstampedJournal } from '../../gameday/experiment/run-game-day.ts';
import { findScenario } from '../../gameday/experiment/scenario/catalogue.ts';
import { loadScenario } from '../../gameday/experiment/scenario/load.ts';
import { type GameDaySummary, summaryOf } from '../../gameday/journal/summary.ts';

const environment = {
  version: '0.0.0',
  node: 'v24',
  platform: 'test',
  scenario: 'test',
  seed: 0,
  command: '',
  packages: {},
  wall: { startedAt: '', milliseconds: 0, directory: '' },
};

interface Played {
  readonly journal: UnstampedJournal;
  readonly summary: GameDaySummary;
  /** What did not go as the scenario says. */
  readonly deviations: readonly string[];
}

/** Plays a scenario that comes with mq-dr, with its own seed. */
const play = async (scenarioName: string): Promise<Played> => {
  const { name, file } = await findScenario(scenarioName);
  const scenario = await loadScenario(name, file);
  const journal = await runGameDay({
    scenario,
    seed: scenario.outline.seed,
    interrupt: new AbortController().signal,
    onEvent: () => {},
    onTick: async () => {},
  });
  const { before, after } = journal.steady_states;
  const probes = [...(before?.probes ?? []), ...(after?.probes ?? [])].filter((probe) => !probe.tolerance_met);
  const steps = [...journal.run, ...journal.rollbacks].filter((step) => step.status !== 'succeeded');
  return {
    journal,
    summary: summaryOf({ ...journal, environment }, { journal: '', html: '', markdown: '' }),
    deviations: [
      ...probes.map((probe) => `${probe.activity.name}: ${probe.finding}`),
      ...steps.map((step) => `${step.activity.name}: ${step.exception ?? JSON.stringify(step.output)}`),
    ],
  };
};

const modesOf = ({ promotions }: GameDaySummary): readonly string[] => promotions.map(({ mode }) => mode);

describe('the scenarios that come with mq-dr', () => {
  it.each([
    ['alarm-storm', []],
    ['control-table-down', []],
    ['denied-then-dark', ['SWITCHOVER', 'FAILOVER']],
    ['false-alarm', []],
    ['ended-run-keeps-lock', ['FAILOVER']],
    ['fenced-primary-promoted-back', ['FAILOVER', 'SWITCHOVER']],
    ['freeze-of-seconds', ['FAILOVER']],
    ['frozen', []],
    ['held-too-long', ['SWITCHOVER']],
    ['inter-region-partition', []],
    ['late-handler', ['SWITCHOVER', 'SWITCHOVER']],
    ['late-second-signal', ['FAILOVER']],
    ['loss-last-known', ['FAILOVER']],
    ['lying-promote', ['FAILOVER', 'SWITCHOVER']],
    ['outside-promotion', ['SWITCHOVER']],
    ['region-flaps', []],
    ['region-returns', ['FAILOVER', 'SWITCHOVER']],
    ['skewed-clock', []],
    ['stalled-never', ['SWITCHOVER']],
    ['stalled-switchover', ['SWITCHOVER', 'FAILOVER']],
    ['two-operators', ['SWITCHOVER']],
  ])('%s meets its hypothesis', async (name, modes) => {
    const { journal, summary, deviations } = await play(name);
    expect(deviations).toEqual([]);
    expect(journal.outcome).toBe('met');
    expect(modesOf(summary)).toEqual(modes);
    expect(summary.messages.lost).toBe(0);
    expect(summary.callsToLostRegionBeforePromotion).toBe(0);
  });

  it('region-outage: one promotion, every part of the outage told, what had not crossed named', async () => {
    const { journal, summary, deviations } = await play('region-outage');
    expect(deviations).toEqual([]);
    expect(journal.outcome).toBe('met');
    expect(summary.apiCalls['mq:Promote']).toBe(1);
    expect(summary.callsToLostRegionBeforePromotion).toBe(0);
    expect(summary.messages.lost).toBe(0);
    expect(summary.messages.stranded).toBeGreaterThan(0);
    const stranded = journal.traffic.flatMap(({ messages }) => messages.named.stranded.map(({ id }) => id));
    expect(stranded.length).toBe(summary.messages.stranded);
    const [failover, ...others] = summary.unavailability.failovers;
    expect(others).toEqual([]);
    const { firstSignalMs, agreementMs, promoteMs, firstMessageMs, totalMs } = failover ?? {};
    // Three missed heartbeats of replication, and a metric that is up to two minutes old.
    expect(firstSignalMs).toBeGreaterThanOrEqual(180_000);
    expect(firstSignalMs).toBeLessThanOrEqual(360_000);
    expect(promoteMs).toBeLessThanOrEqual(1_000);
    expect(firstMessageMs).toBeLessThanOrEqual(10_000);
    expect(totalMs).toBe((firstSignalMs ?? 0) + (agreementMs ?? 0) + (promoteMs ?? 0) + (firstMessageMs ?? 0));
    expect(summary.epochs).toMatchObject([{ pair: 'orders', epoch: 1, mode: 'FAILOVER' }]);
  });

  it('stalled-ask: each answer is acted on', async () => {
    const { summary, deviations } = await play('stalled-ask');
    expect(deviations).toEqual([]);
    expect(modesOf(summary)).toEqual(['SWITCHOVER', 'SWITCHOVER', 'SWITCHOVER', 'FAILOVER']);
    expect(summary.approvals.map(({ pair, answer }) => [pair, answer])).toEqual([
      ['orders', 'approved'],
      ['billing', 'denied'],
      ['shipping', 'expired'],
    ]);
  });

  it('plays a lost Region in the same way each time', async () => {
    const [first, second] = [await play('region-outage'), await play('region-outage')];
    expect(JSON.stringify(second.journal)).toBe(JSON.stringify(first.journal));
  });
});
