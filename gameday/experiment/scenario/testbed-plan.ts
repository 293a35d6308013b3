import type { TestbedPlan } from '../../../testbed/testbed-plan.ts';
import type { ScenarioOutline } from './schema.ts';

/** The test bed that a scenario asks for. */
export const testbedPlan = ({ world }: ScenarioOutline, seed: number, startMs: number): TestbedPlan => ({
  seed,
  startMs,
  pairs: world.pairs,
  triggers: world.triggers,
  clusters: Object.fromEntries(
    Object.entries(world.clusters).map(([name, { settings, ...cluster }]) => {
      // The outline holds parsed settings; a deployment writes their text form.
      const exceptions = settings.exceptions.map(({ expiresAt, ...exception }) => ({
        ...exception,
        expiresAt: new Date(expiresAt).toISOString(),
      }));
      return [name, { ...cluster, settings: { ...settings, exceptions } }];
    }),
  ),
});
