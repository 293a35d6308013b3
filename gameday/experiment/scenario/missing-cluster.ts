import { type ScenarioProblem, unknownName } from './problems.ts';
import type { ScenarioOutline } from './schema.ts';

/** A problem when a step names a RabbitMQ cluster that the scenario does not have. */
export const missingCluster = (
  step: { readonly cluster: string },
  scenario: Pick<ScenarioOutline, 'world'>,
): readonly ScenarioProblem[] => {
  const names = Object.keys(scenario.world.clusters);
  if (names.includes(step.cluster)) return [];
  return [{ path: ['cluster'], message: unknownName('cluster', step.cluster, names) }];
};
