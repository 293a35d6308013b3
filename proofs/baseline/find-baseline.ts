import { baselines } from '../baselines/all.ts';
import { loadMachines, type ProvenMachine } from '../static/load-machines.ts';
import type { Baseline } from './baseline.ts';

const machines = new Map(loadMachines().map((machine) => [machine.name, machine]));

/** The machine of the deployment and its baseline, by name. @throws TypeError for an unknown one */
export const findBaseline = (
  machineName: string,
  name: string,
): { readonly machine: ProvenMachine; readonly baseline: Baseline } => {
  const machine = machines.get(machineName);
  const baseline = baselines.find((each) => each.machine === machineName && each.name === name);
  if (machine === undefined || baseline === undefined) throw new TypeError(`no baseline "${name}" of ${machineName}`);
  return { machine, baseline };
};
