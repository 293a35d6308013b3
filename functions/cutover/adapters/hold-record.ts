import { controlItems } from '../../control/control-ports.ts';
import { HoldTable } from '../../control/hold-table.ts';
import type { ControlEnvironment } from '../../runtime/environment/control-environment.ts';
import { tryRead } from '../../runtime/reading.ts';
import type { Run } from '../../runtime/run.ts';
import type { Runtime } from '../../runtime/runtime.ts';

/** The record of a run that holds the consumers of a pair in a Region; a run that overrides the Control table makes none. */
export const holdRecord = (
  runtime: Runtime,
  environment: ControlEnvironment,
  { pair, region }: { readonly pair: string; readonly region: string },
  run: Pick<Run, 'executionArn' | 'overrideControl'>,
) => {
  const holds = new HoldTable(controlItems(runtime, environment));
  const { executionArn } = run;
  return {
    begin: async (): Promise<void> => {
      if (run.overrideControl !== null) return;
      const known = await holds.read(pair, region);
      if (known?.executionArn === executionArn) return;
      await holds.hold(pair, { region, executionArn, heldAtMs: runtime.clock.nowMs() });
    },
    end: async (): Promise<void> => {
      await tryRead(async () => {
        const known = await holds.read(pair, region);
        if (known !== undefined) await holds.release(pair, known, runtime.clock.nowMs());
      });
    },
  };
};
