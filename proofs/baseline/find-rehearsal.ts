import { rehearsals } from '../baselines/rehearsals.ts';
import { loadMachines, type ProvenMachine } from '../static/load-machines.ts';
import type { Rehearsal } from './rehearsal.ts';

const machines = new Map(loadMachines().map((machine) => [machine.name, machine]));

/** The machine of the deployment and its rehearsal, by name. @throws TypeError for an unknown one */
export const findRehearsal = (
  machineName: string,
  name: string,
): { readonly machine: ProvenMachine; readonly rehearsal: Rehearsal } => {
  const machine = machines.get(machineName);
  const rehearsal = rehearsals.find((each) => each.machine === machineName && each.name === name);
  if (machine === undefined || rehearsal === undefined) throw new TypeError(`no rehearsal "${name}" of ${machineName}`);
  return { machine, rehearsal };
};
