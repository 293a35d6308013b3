import { worker } from 'workerpool';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import type { Baseline, Stub } from '../baseline/baseline.ts';
import { recordSites } from '../baseline/call-sites.ts';
import { findBaseline } from '../baseline/find-baseline.ts';
import { type Disturbance, play } from '../baseline/play.ts';
import { ending, redriving } from '../crash/ending.ts';
import { killing } from '../crash/kill.ts';
import { disturbing, stubFor } from '../faults/disturb.ts';
import type { ProvenMachine } from '../static/load-machines.ts';
import type { MatrixAnswer, MatrixJob, Strike } from './matrix-job.ts';

const none: Disturbance = { arm: () => {} };

/** The baseline in which a state sees something else than its function. */
const withStub = (baseline: Baseline, state: string, stub: Stub): Baseline => ({
  ...baseline,
  stubs: { ...baseline.stubs, [state]: stub },
  stubsOnce: true,
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
  const { machine, baseline } = findBaseline(job.machine, job.baseline);
  if (job.kind === 'undisturbed') {
    const recorder = recordSites(machine);
    const played = await play(baseline, recorder.disturbance);
    return { played, sites: recorder.sites(), struck: true };
  }
  if (job.kind === 'without') {
    const failure = new TaskFailure('RequestRejected', 'a stub of the check');
    return { played: await play(withStub(baseline, job.state, failure), none), sites: [], struck: true };
  }
  const { strike, wanted } = job;
  if (strike.kind === 'fault' && statesWithoutCalls.has(`${machine.name} ${strike.state}`)) {
    const stub = stubFor(strike.fault);
    if (stub !== undefined) {
      const played = await play(withStub(baseline, strike.state, stub), none, { wanted });
      return { played, sites: [], struck: true };
    }
  }
  const { disturbance, struck, redriven } = armed(machine, strike);
  const played = await play(baseline, disturbance, strike.kind === 'redrive' ? {} : { wanted });
  return { played, sites: [], struck: struck(), redriven: redriven?.() };
};

worker({ perform });
