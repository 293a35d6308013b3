import { allStates } from '../../simulator/engine/definition/walk.ts';
import { rehearsals } from '../baselines/rehearsals.ts';
import { functionFacts } from '../contracts/index.ts';
import { gridOf } from '../runner/grid.ts';
import type { MatrixOptions } from '../runner/matrix-options.ts';
import type { ProofFailure, ProofResult } from '../runner/proof-result.ts';
import { rateOf, startWatch } from '../runner/stopwatch.ts';
import { WorkerPool } from '../runner/worker-pool.ts';
import { functionOf } from '../static/called.ts';
import { loadMachines, type ProvenMachine } from '../static/load-machines.ts';
import { type CrashCase, crashCasesOf, type KnownCrash, unrehearsed } from './crash-cases.ts';
import type { CrashAnswer, CrashJob } from './crash-job.ts';
import { judgeCrash } from './judge-crash.ts';

interface JudgedCase {
  readonly crash: CrashCase;
  readonly reasons: readonly string[];
}

const functionAt = (machine: ProvenMachine | undefined, stateName: string): string | undefined => {
  const placed = machine && allStates(machine.definition).find(({ name }) => name === stateName);
  return placed === undefined ? undefined : functionOf(placed.state);
};

const withoutKey = ({
  machine,
  rehearsal,
  state,
}: {
  readonly machine: string;
  readonly rehearsal: string;
  readonly state: string;
}): string => `${machine} ${rehearsal} ${state}`;

/** States whose function may fail for good, with the rehearsal in which that is tried. */
const withoutJobs = (
  cases: readonly CrashCase[],
  machines: readonly ProvenMachine[],
): readonly Extract<CrashJob, { readonly kind: 'without' }>[] => {
  const jobs = new Map<string, Extract<CrashJob, { readonly kind: 'without' }>>();
  for (const { job, state } of cases) {
    if (job.kind !== 'kill' || job.kill.tries !== 'spent') continue;
    const functionName = functionAt(
      machines.find(({ name }) => name === job.machine),
      state,
    );
    if (functionName === undefined || functionFacts[functionName]?.mayFail === undefined) continue;
    const without = { kind: 'without', machine: job.machine, rehearsal: job.rehearsal, state } as const;
    jobs.set(withoutKey(without), without);
  }
  return [...jobs.values()];
};

const failureOf = ({ crash, reasons }: JudgedCase): ProofFailure => ({ name: crash.name, reasons });

/**
 * Kills the handler of every workflow before and after every call that it makes, ends every workflow from outside at every
 * Task, and redrives every failed one: each time the final state is that of the undisturbed rehearsal.
 *
 * @throws WorkerFailedError where a world could not be played at all
 */
export const proveCrash = async ({ machines: wanted, onProgress }: MatrixOptions = {}): Promise<ProofResult> => {
  const elapsed = startWatch();
  const machines = loadMachines().filter(({ name }) => wanted === undefined || wanted.includes(name));
  const pool = new WorkerPool<CrashJob, CrashAnswer>(new URL('./crash-worker.ts', import.meta.url));
  try {
    const played = rehearsals.filter(({ machine }) => machines.some(({ name }) => name === machine));
    const undisturbed = played.map(({ machine, name }) => ({ kind: 'undisturbed', machine, rehearsal: name }) as const);
    const answers = await pool.run(undisturbed);
    const known = undisturbed.map(({ machine, rehearsal }, index): KnownCrash => {
      const answer = answers[index];
      if (answer === undefined) throw new TypeError(`no answer for ${machine}, ${rehearsal}`);
      return { machine, rehearsal, answer };
    });
    const of = ({ name }: ProvenMachine) => known.filter(({ machine }) => machine === name);
    const cases = machines.flatMap((machine) => crashCasesOf(machine, of(machine)));
    const without = withoutJobs(cases, machines);
    const all: readonly CrashJob[] = [...without, ...cases.map(({ job }) => job)];
    const results = await pool.run(all, (done) => onProgress?.(done, all.length));
    const withouts = new Map(without.map((job, index) => [withoutKey(job), results[index]?.played.finalState]));
    const judged = cases.map((crash, index): JudgedCase => {
      const answer = results[without.length + index];
      const functionName = functionAt(
        machines.find(({ name }) => name === crash.job.machine),
        crash.state,
      );
      const instead = withouts.get(withoutKey({ ...crash.job, state: crash.state }));
      if (answer === undefined) throw new TypeError(`no answer for ${crash.name}`);
      return { crash, reasons: judgeCrash(crash, answer, functionName, instead) };
    });
    const missing = machines.flatMap((machine) =>
      unrehearsed(machine, of(machine)).map(
        (state): ProofFailure => ({
          name: `${machine.name}, ${state}`,
          reasons: ['no rehearsal in proofs/rehearsals enters this state'],
        }),
      ),
    );
    const failed = judged.filter(({ reasons }) => reasons.length > 0);
    const { seconds, cpuSeconds } = elapsed();
    const count = judged.length + missing.length;
    return {
      proof: 'crash',
      cases: count,
      passed: count - failed.length - missing.length,
      failed: failed.length + missing.length,
      command: 'npm run prove -- crash',
      unit: 'executions',
      perSecond: rateOf(all.length + undisturbed.length, seconds),
      seconds,
      cpuSeconds,
      failures: [...missing, ...failed.map(failureOf)],
      grids: machines.map((machine) =>
        gridOf(
          machine.name,
          judged
            .filter(({ crash }) => crash.job.machine === machine.name)
            .map(({ crash, reasons: [reason] }) => ({ row: crash.state, column: crash.column, reason })),
        ),
      ),
      figures: {
        rehearsals: known.length,
        'call sites': new Set(
          cases.flatMap(({ job }) =>
            job.kind === 'kill' ? [`${job.machine} ${job.kill.state} ${job.kill.operation}`] : [],
          ),
        ).size,
      },
    };
  } finally {
    await pool.close();
  }
};
