import { TaskFailure } from '../../simulator/engine/ports.ts';
import { findRehearsal } from '../baseline/find-rehearsal.ts';
import { play } from '../baseline/play.ts';
import { serveJobs } from '../runner/serve-jobs.ts';
import { disturbing, standInFor } from './disturb.ts';
import type { FaultAnswer, FaultJob } from './fault-job.ts';

const failsForGood = new TaskFailure('RequestRejected', 'a stand-in of the proof');

const answer = async (job: FaultJob): Promise<FaultAnswer> => {
  const { machine, rehearsal } = findRehearsal(job.machine, job.rehearsal);
  if (job.kind === 'undisturbed') return { played: await play(rehearsal, { arm: () => {} }), struck: true };
  if (job.kind === 'without') {
    const standIns = { ...rehearsal.standIns, [job.state]: failsForGood };
    return { played: await play({ ...rehearsal, standIns, standInsOnce: true }, { arm: () => {} }), struck: true };
  }
  const { state, fault, wanted } = job;
  const options = { wanted };
  const standIn = statesWithoutCalls.has(`${machine.name} ${state}`) ? standInFor(fault) : undefined;
  if (standIn !== undefined) {
    const standIns = { ...rehearsal.standIns, [state]: standIn };
    const played = await play({ ...rehearsal, standIns, standInsOnce: true }, { arm: () => {} }, options);
    return { played, struck: true };
  }
  const { disturbance, struck } = disturbing(machine, state, fault);
  return { played: await play(rehearsal, disturbance, options), struck: struck() };
};

/** Functions that read nothing but their own settings. */
const statesWithoutCalls: ReadonlySet<string> = new Set(['readiness ListPairs']);

serveJobs(answer);
