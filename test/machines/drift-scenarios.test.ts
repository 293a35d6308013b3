import { describe, expect, it } from 'vitest';
import { runGameDay } from '../../gameday/experiment/run-game-day.ts';
import { findScenario } from '../../gameday/experiment/scenario/catalogue.ts';
import { loadScenario } from '../../gameday/experiment/scenario/load.ts';
import { driftRuns, driftSummary } from '../../gameday/journal/drift.ts';

const play = async (name: string, seed = 5) => {
  const { file } = await findScenario(name);
  return await runGameDay({
    scenario: await loadScenario(name, file),
    seed,
    interrupt: new AbortController().signal,
    onEvent: () => {},
    onTick: async () => {},
  });
};

describe('the scenarios of policy drift', () => {
  it.each([
    ...['policy-war', 'deep-queue', 'node-down', 'quorum-on-3-12', 'upgrade-to-4', 'drift-after-reboot'],
    ...['unsampled-figures', 'overfull-queue', 'shadow-lower', 'short-lived-queues', 'forty-thousand-queues'],
  ])('%s is met', async (name) => {
    const journal = await play(name);
    expect([journal.abortReason, journal.outcome]).toEqual([undefined, 'met']);
  });

  it('drifted-cluster is met, with everything that was found, done and held back, twice alike', async () => {
    const [journal, again] = [await play('drifted-cluster'), await play('drifted-cluster')];
    expect(journal.outcome).toBe('met');
    expect(driftSummary(driftRuns(journal.records.workflows))).toMatchObject({
      findings: 18,
      remediated: 8,
      refused: 1,
      postponed: 1,
      untouchedAwsOwned: 2,
    });
    expect(JSON.stringify(again)).toBe(JSON.stringify(journal));
  });
});
