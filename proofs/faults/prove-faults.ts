import { allStates } from '../../simulator/engine/definition/walk.ts';
import { type KnownRehearsal, rehearsalFor, wantedOutcome } from '../baseline/known-rehearsal.ts';
import { rehearsals } from '../baselines/rehearsals.ts';
import { functionFacts } from '../contracts/index.ts';
import { gridOf } from '../runner/grid.ts';
import type { MatrixOptions } from '../runner/matrix-options.ts';
import type { ProofResult } from '../runner/proof-result.ts';
import { rateOf, startWatch } from '../runner/stopwatch.ts';
import { WorkerPool } from '../runner/worker-pool.ts';
import { functionOf } from '../static/called.ts';
import { explore } from '../static/explore.ts';
import { historyBound } from '../static/history-budget.ts';
import { loadMachines, type ProvenMachine } from '../static/load-machines.ts';
import { childOutcomes } from '../static/task-steps.ts';
import type { FaultAnswer, FaultJob } from './fault-job.ts';
import { callFaultKinds } from './fault-kinds.ts';
import { judgeFault } from './judge-fault.ts';

type KnownFault = KnownRehearsal<FaultAnswer>;
type WithoutJob = Extract<FaultJob, { readonly kind: 'without' }>;
type FaultCase = { readonly job: Extract<FaultJob, { readonly kind: 'fault' }>; readonly known: KnownFault };

const keyOf = ({
  machine,
  rehearsal,
  state,
}: {
  readonly machine: string;
  readonly rehearsal: string;
  readonly state: string;
}): string => `${machine}\n${rehearsal}\n${state}`;

const tasksOf = ({ definition }: ProvenMachine): readonly string[] =>
  allStates(definition)
    .filter(({ state }) => state.Type === 'Task')
    .map(({ name }) => name);

/** Whether a run may go on when the state's function fails for good. */
const mayFail = (machines: readonly ProvenMachine[], machineName: string, stateName: string): boolean => {
  const machine = machines.find(({ name }) => name === machineName);
  const placed = machine && allStates(machine.definition).find(({ name }) => name === stateName);
  return functionFacts[(placed && functionOf(placed.state)) ?? '']?.mayFail !== undefined;
};

/** Every Task under every fault, at the first rehearsal that enters it. */
const casesOf = (machine: ProvenMachine, rehearsed: readonly KnownFault[]): readonly FaultCase[] =>
  tasksOf(machine).flatMap((state) => {
    const known = rehearsalFor(rehearsed, state);
    if (known === undefined) return [];
    return callFaultKinds.map((fault) => ({
      job: {
        kind: 'fault',
        machine: machine.name,
        rehearsal: known.rehearsal,
        state,
        fault,
        wanted: wantedOutcome(known),
      },
      known,
    }));
  });

/**
 * Lets every call of every Task fail in every way, and looks how the run ends: in an end that its definition knows, with
 * its first error, within its budgets, with everything given back; and that the next run with the same input leads where
 * the undisturbed one does.
 *
 * @throws WorkerFailedError where a world could not be played at all
 */
export const proveFaults = async ({ machines: wanted, onProgress }: MatrixOptions = {}): Promise<ProofResult> => {
  const elapsed = startWatch();
  const deployed = loadMachines();
  const machines = deployed.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const outcomes = childOutcomes(deployed);
  const bounds = new Map(
    machines.map((machine) => [machine.name, historyBound(machine, explore(machine, outcomes).exploration)]),
  );
  const pool = new WorkerPool<FaultJob, FaultAnswer>(new URL('./fault-worker.ts', import.meta.url));
  try {
    const played = rehearsals.filter(({ machine }) => machines.some(({ name }) => name === machine));
    const undisturbed = played.map(({ machine, name }) => ({ kind: 'undisturbed', machine, rehearsal: name }) as const);
    const answers = await pool.run(undisturbed);
    const known = undisturbed.map(({ machine, rehearsal }, index): KnownFault => {
      const answer = answers[index];
      if (answer === undefined) throw new TypeError(`no answer for ${machine}, ${rehearsal}`);
      return { machine, rehearsal, answer };
    });
    const of = ({ name }: ProvenMachine) => known.filter(({ machine }) => machine === name);
    const cases = machines.flatMap((machine) => casesOf(machine, of(machine)));
    const without = [
      ...new Map(
        cases.flatMap(({ job: { machine, rehearsal, state } }): [string, WithoutJob][] => {
          if (!mayFail(machines, machine, state)) return [];
          const job = { kind: 'without', machine, rehearsal, state } as const;
          return [[keyOf(job), job]];
        }),
      ).values(),
    ];
    const all: readonly FaultJob[] = [...without, ...cases.map(({ job }) => job)];
    const results = await pool.run(all, (done) => onProgress?.(done, all.length));
    const withouts = new Map(without.map((job, index) => [keyOf(job), results[index]?.played.finalState]));
    const judged = cases.map(({ job, known: { answer } }, index) => {
      const result = results[without.length + index];
      const machine = machines.find(({ name }) => name === job.machine);
      if (result === undefined || machine === undefined)
        throw new TypeError(`no answer for ${job.machine}, ${job.state}`);
      const bound = bounds.get(job.machine) ?? 0;
      return { job, reasons: judgeFault(machine, result, answer.played, withouts.get(keyOf(job)), bound) };
    });
    const missing = machines.flatMap((machine) =>
      tasksOf(machine)
        .filter((state) => !cases.some(({ job }) => job.machine === machine.name && job.state === state))
        .map((state) => ({
          name: `${machine.name}, ${state}`,
          reasons: ['no rehearsal in proofs/rehearsals enters this state'],
        })),
    );
    const failed = judged.filter(({ reasons }) => reasons.length > 0);
    const { seconds, cpuSeconds } = elapsed();
    const count = judged.length + missing.length;
    return {
      proof: 'faults',
      cases: count,
      passed: count - failed.length - missing.length,
      failed: failed.length + missing.length,
      command: 'npm run prove -- faults',
      unit: 'executions',
      perSecond: rateOf(all.length + undisturbed.length, seconds),
      seconds,
      cpuSeconds,
      failures: [
        ...missing,
        ...failed.map(({ job, reasons }) => ({ name: `${job.machine}, ${job.state}: ${job.fault}`, reasons })),
      ],
      grids: machines.map((machine) =>
        gridOf(
          machine.name,
          judged
            .filter(({ job }) => job.machine === machine.name)
            .map(({ job, reasons: [reason] }) => ({ row: job.state, column: job.fault, reason })),
          callFaultKinds,
        ),
      ),
      figures: { rehearsals: known.length, 'kinds of faults': callFaultKinds.length },
    };
  } finally {
    await pool.close();
  }
};
