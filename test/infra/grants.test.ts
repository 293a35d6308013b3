import { beforeAll, describe, expect, it } from 'vitest';
import { runGameDay } from '../../gameday/exercise/run-game-day.ts';
import { findScenario, scenarioNames } from '../../gameday/exercise/scenario/catalogue.ts';
import { loadScenario } from '../../gameday/exercise/scenario/load.ts';
import { createExerciseStage } from '../../gameday/stage/exercise-stage.ts';
import { functions } from '../../infra/deployment.ts';
import { furtherRuns } from '../support/infra/further-runs.ts';
import { recordStages, type Usage } from '../support/infra/recorded-stage.ts';

/** Plays a scenario with hardly any traffic: what clients do needs no grants of ours. */
const play = async (scenarioName: string): Promise<void> => {
  const { name, file } = await findScenario(scenarioName);
  const scenario = await loadScenario(name, file);
  const { traffic } = scenario.outline;
  await runGameDay({
    scenario: {
      ...scenario,
      outline: { ...scenario.outline, ...(traffic && { traffic: { ...traffic, ratePerSecond: 0.1 } }) },
    },
    seed: scenario.outline.seed,
    createStage: createExerciseStage,
    interrupt: new AbortController().signal,
    onEvent: () => {},
    breathe: async () => {},
  });
};

const recorder = recordStages();
let usage: Usage;

beforeAll(async () => {
  for (const name of await scenarioNames()) await play(name);
  for (const run of Object.values(furtherRuns)) await run();
  usage = recorder.usage();
}, 600_000);

describe('the grants of the functions', () => {
  it('allow every call of every rehearsal', () => {
    expect([...usage.denied]).toEqual([]);
  });

  it('are all used by a rehearsal, or say why not', () => {
    const unused = functions.flatMap(({ name, can }) =>
      can
        .filter((grant) => grant.unusedBecause === undefined && !usage.used.has(`${name} ${grant.action} ${grant.on}`))
        .map((grant) => `${name} ${grant.action} ${grant.on}`),
    );
    expect([...new Set(unused)]).toEqual([]);
  });

  it('give no reason for what a rehearsal does use', () => {
    const stale = functions.flatMap(({ name, can }) =>
      can
        .filter((grant) => grant.unusedBecause !== undefined && usage.used.has(`${name} ${grant.action} ${grant.on}`))
        .map((grant) => `${name} ${grant.action} ${grant.on}`),
    );
    expect(stale).toEqual([]);
  });

  it('put exactly those functions into the network of brokers that contact one', () => {
    const declared = functions.filter(({ contactsBrokers }) => contactsBrokers).map(({ name }) => name);
    expect([...usage.contacting].toSorted()).toEqual(declared.toSorted());
  });
});
