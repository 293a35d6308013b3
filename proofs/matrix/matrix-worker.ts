import { worker } from 'workerpool';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { recordSites } from '../baseline/call-sites.ts';
import { findRehearsal } from '../baseline/find-rehearsal.ts';
import { type Disturbance, play } from '../baseline/play.ts';
import type { Rehearsal, StandIn } from '../baseline/rehearsal.ts';
import { ending, redriving } from '../crash/ending.ts';
import { killing } from '../crash/kill.ts';
import { disturbing, standInFor } from '../faults/disturb.ts';
import type { ProvenMachine } from '../static/load-machines.ts';
import type { MatrixAnswer, MatrixJob, Strike } from './matrix-job.ts';

const none: Disturbance = { arm: () => {} };

/** The rehearsal in which a state sees something else than its function. */
const withStandIn = (rehearsal: Rehearsal, state: string, standIn: StandIn): Rehearsal => ({
  ...rehearsal,
  standIns: { ...rehearsal.standIns, [state]: standIn },
  standInsOnce: true,
});

/** States whose functions read nothing but their own settings: no call of theirs can meet a fault. */
const statesWithoutCalls: ReadonlySet<string> = new Set(['readiness ListPairs']);

/** What puts a strike in place, and reports afterwards whether it took place. */
const armed = (
  machine: ProvenMachine,
  strike: Strike,
): { readonly disturbance: Disturbance; struck(): boolean; redriven?(): MatrixAnswer['redriven'] } => {
  switch (strike.kind) {
    case 'kill':
      return killing(machine, strike);
    case 'end':
      return ending(machine, strike.state, strike.how);
    case 'redrive':
      return redriving();
    case 'fault':
      return disturbing(machine, strike.state, strike.fault);
  }
};

const perform = async (job: MatrixJob): Promise<MatrixAnswer> => {
  const { machine, rehearsal } = findRehearsal(job.machine, job.rehearsal);
  if (job.kind === 'undisturbed') {
    const recorder = recordSites(machine);
    const played = await play(rehearsal, recorder.disturbance);
    return { played, sites: recorder.sites(), struck: true };
  }
  if (job.kind === 'without') {
    const failure = new TaskFailure('RequestRejected', 'a stub of the check');
    return { played: await play(withStandIn(rehearsal, job.state, failure), none), sites: [], struck: true };
  }
  const { strike, wanted } = job;
  if (strike.kind === 'fault' && statesWithoutCalls.has(`${machine.name} ${strike.state}`)) {
    const standIn = standInFor(strike.fault);
    if (standIn !== undefined) {
      const played = await play(withStandIn(rehearsal, strike.state, standIn), none, { wanted });
      return { played, sites: [], struck: true };
    }
  }
  const { disturbance, struck, redriven } = armed(machine, strike);
  const played = await play(rehearsal, disturbance, strike.kind === 'redrive' ? {} : { wanted });
  return { played, sites: [], struck: struck(), redriven: redriven?.() };
};

worker({ perform });
