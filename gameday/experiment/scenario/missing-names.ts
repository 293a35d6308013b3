import { type ScenarioProblem, unknownName } from './problems.ts';
import type { ScenarioOutline } from './schema.ts';

/** A problem when a step names a pair that the scenario does not have; it says which pairs exist. */
export const missingPair = (
  step: { readonly pair: string },
  scenario: Pick<ScenarioOutline, 'world'>,
): readonly ScenarioProblem[] => {
  const names = Object.keys(scenario.world.pairs);
  return names.includes(step.pair) ? [] : [{ path: ['pair'], message: unknownPair(step.pair, names) }];
};

/** Names the pairs that exist, also when one of them is near. */
export const unknownPair = (wrong: string, names: readonly string[]): string => {
  const nearest = unknownName('pair', wrong, names);
  return nearest.includes('known:') || names.length === 0 ? nearest : `${nearest} The pairs are: ${names.join(', ')}`;
};

/** A problem when a step names a RabbitMQ cluster that the scenario does not have. */
export const missingCluster = (
  step: { readonly cluster: string },
  scenario: Pick<ScenarioOutline, 'world'>,
): readonly ScenarioProblem[] => {
  const names = Object.keys(scenario.world.clusters);
  if (names.includes(step.cluster)) return [];
  return [{ path: ['cluster'], message: unknownName('cluster', step.cluster, names) }];
};
