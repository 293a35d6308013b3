import { DrError } from '../functions/runtime/errors.ts';
import type { Runtime } from '../functions/runtime/runtime.ts';
import { machines } from '../infra/catalogue.ts';
import { Executions } from './executions.ts';

/** An execution that is under way. */
export interface RunningExecution {
  readonly workflow: string;
  readonly executionArn: string;
  /** The pair of its input; undefined where the input names none. */
  readonly pair: string | undefined;
  readonly startedAtMs: number;
}

/** What runs in a Region, or why that cannot be read. */
export type RegionRuns =
  | { readonly region: string; readonly known: true; readonly running: readonly RunningExecution[] }
  | { readonly region: string; readonly known: false; readonly reason: string };

const pairOf = (input: string): string | undefined => {
  const { pair } = Object(JSON.parse(input)) as { readonly pair?: unknown };
  return typeof pair === 'string' ? pair : undefined;
};

const runningIn = async (executions: Executions): Promise<readonly RunningExecution[]> => {
  const deployed = await executions.machines();
  const found: RunningExecution[] = [];
  for (const { name } of machines) {
    const machineArn = deployed.get(name);
    if (machineArn === undefined) continue;
    for (const executionArn of await executions.running(machineArn)) {
      const { input, startedAtMs } = await executions.describe(executionArn);
      found.push({ workflow: name, executionArn, pair: pairOf(input), startedAtMs });
    }
  }
  return found;
};

/** What runs in each of the Regions. A Region that cannot be asked may be the lost one: it is part of the answer. */
export const readRunning = async (runtime: Runtime, regions: readonly string[]): Promise<readonly RegionRuns[]> =>
  await runtime.clock.concurrently(
    regions.map((region) => async (): Promise<RegionRuns> => {
      try {
        return { region, known: true, running: await runningIn(new Executions(runtime, region)) };
      } catch (error) {
        if (!(error instanceof DrError)) throw error;
        return { region, known: false, reason: error.message };
      }
    }),
  );
