import { TaskFailure } from '../../simulator/engine/ports.ts';
import { recordSites } from '../baseline/call-sites.ts';
import { findRehearsal } from '../baseline/find-rehearsal.ts';
import { play } from '../baseline/play.ts';
import { serveJobs } from '../runner/serve-jobs.ts';
import type { CrashAnswer, CrashJob } from './crash-job.ts';
import { ending, redriving } from './ending.ts';
import { killing } from './kill.ts';

const failsForGood = new TaskFailure('RequestRejected', 'a stand-in of the proof');

const answer = async (job: CrashJob): Promise<CrashAnswer> => {
  const { machine, rehearsal } = findRehearsal(job.machine, job.rehearsal);
  switch (job.kind) {
    case 'undisturbed': {
      const recorder = recordSites(machine);
      const played = await play(rehearsal, recorder.disturbance);
      return { played, sites: recorder.sites(), struck: true };
    }
    case 'without': {
      const standIns = { ...rehearsal.standIns, [job.state]: failsForGood };
      return {
        played: await play({ ...rehearsal, standIns, standInsOnce: true }, { arm: () => {} }),
        sites: [],
        struck: true,
      };
    }
    case 'kill': {
      const { disturbance, struck } = killing(machine, job.kill);
      return { played: await play(rehearsal, disturbance, { wanted: job.wanted }), sites: [], struck: struck() };
    }
    case 'end': {
      const { disturbance, struck } = ending(machine, job.state, job.how);
      return { played: await play(rehearsal, disturbance, { wanted: job.wanted }), sites: [], struck: struck() };
    }
    case 'redrive': {
      const { disturbance, redriven } = redriving();
      const played = await play(rehearsal, disturbance);
      const end = redriven();
      return { played, sites: [], struck: end !== undefined, ...(end && { redriven: end }) };
    }
  }
};

serveJobs(answer);
