import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { wantedOutcome } from '../baseline/known-baseline.ts';
import { baselines } from '../baselines/all.ts';
import { functionContracts } from '../contracts/index.ts';
import { gridOf } from '../runner/grid.ts';
import type { ProofResult } from '../runner/proof-result.ts';
import { rateOf, startStopwatch } from '../runner/stopwatch.ts';
import { startWorkers } from '../runner/workers.ts';
import { functionOf } from '../static/called.ts';
import { loadMachines, type ProvenMachine } from '../static/load-machines.ts';
import type { Matrix, MatrixCase, PlayedBaseline } from './matrix.ts';
import type { MatrixAnswer, MatrixJob } from './matrix-job.ts';

/** What a matrix may be limited to. */
export interface MatrixOptions {
  /** Names of machines; all of them by default. */
  readonly machines?: readonly string[] | undefined;
  readonly onProgress?: (done: number, of: number) => void;
}

/** A machine with the baselines and the cases of it. */
interface MachineCases {
  readonly machine: ProvenMachine;
  readonly known: readonly PlayedBaseline[];
  readonly cases: readonly MatrixCase[];
}

const functionAt = (machine: ProvenMachine, state: string): string | undefined => {
  const placed = allStates(machine.definition).find(({ name }) => name === state);
  return placed && functionOf(placed.state);
};

const mayFail = (machine: ProvenMachine, state: string): boolean =>
  functionContracts[functionAt(machine, state) ?? '']?.mayFail !== undefined;

const withoutJobOf = ({ known: { machine, baseline }, state }: MatrixCase) =>
  ({ kind: 'without', machine, baseline, state }) as const satisfies MatrixJob;

const disturbedJobOf = ({ known, strike }: MatrixCase): MatrixJob => {
  const { machine, baseline } = known;
  return { kind: 'disturbed', machine, baseline, strike, wanted: wantedOutcome(known) };
};

/** Jobs and answers belong together by what was asked. */
const keyOf = (job: MatrixJob): string => JSON.stringify(job);

/**
 * Plays every baseline undisturbed, then every case of the matrix, and judges each by what the undisturbed one left.
 *
 * @throws the error of a simulation that could not be played at all
 */
export const proveMatrix = async (
  matrix: Matrix,
  { machines: wanted, onProgress = () => {} }: MatrixOptions = {},
): Promise<ProofResult> => {
  const elapsed = startStopwatch();
  const machines = loadMachines().filter(({ name }) => wanted === undefined || wanted.includes(name));
  await using workers = startWorkers<MatrixJob, MatrixAnswer>(new URL('./matrix-worker.ts', import.meta.url));
  const answers = new Map<string, MatrixAnswer>();
  const play = async (jobs: readonly MatrixJob[], onDone?: (done: number) => void): Promise<void> => {
    for (const [job, answer] of await workers.run(jobs, onDone)) answers.set(keyOf(job), answer);
  };
  const answerTo = (job: MatrixJob): MatrixAnswer => {
    const answer = answers.get(keyOf(job));
    if (answer === undefined) throw new TypeError(`no answer for ${keyOf(job)}`);
    return answer;
  };

  const undisturbed = baselines
    .filter(({ machine }) => machines.some(({ name }) => name === machine))
    .map(({ machine, name }) => ({ kind: 'undisturbed', machine, baseline: name }) as const);
  await play(undisturbed);
  const ofMachines = machines.map((machine): MachineCases => {
    const known = undisturbed
      .filter((job) => job.machine === machine.name)
      .map((job) => ({ machine: machine.name, baseline: job.baseline, answer: answerTo(job) }));
    return { machine, known, cases: matrix.casesOf(machine, known) };
  });
  const cases = ofMachines.flatMap((each) => each.cases);
  const withouts = ofMachines.flatMap(({ machine, cases: own }) =>
    own.filter(({ strike, state }) => matrix.needsWithout(strike) && mayFail(machine, state)).map(withoutJobOf),
  );
  const jobs = [...new Map([...withouts, ...cases.map(disturbedJobOf)].map((job) => [keyOf(job), job])).values()];
  await play(jobs, (done) => onProgress(done, jobs.length));

  const judged = ofMachines.flatMap(({ machine, cases: own }) => {
    const judge = matrix.judgeOf(machine);
    return own.map((matrixCase) => {
      const answer = answerTo(disturbedJobOf(matrixCase));
      const without = answers.get(keyOf(withoutJobOf(matrixCase)))?.played.finalState;
      const functionName = functionAt(machine, matrixCase.state);
      return { machine, matrixCase, reasons: judge(matrixCase, { answer, functionName, without }) };
    });
  });
  const missing = ofMachines.flatMap(({ machine, known }) =>
    matrix
      .statesOf(machine)
      .filter((state) => !known.some(({ answer }) => answer.played.enteredAfter[state] !== undefined))
      .map((state) => ({
        name: `${machine.name}, ${state}`,
        reasons: ['no baseline in proofs/baselines enters this state'],
      })),
  );
  const failures = [
    ...missing,
    ...judged.flatMap(({ matrixCase: { name }, reasons }) => (reasons.length > 0 ? [{ name, reasons }] : [])),
  ];
  const { seconds, cpuSeconds } = elapsed();
  const count = judged.length + missing.length;
  return {
    proof: matrix.proof,
    cases: count,
    passed: count - failures.length,
    failed: failures.length,
    command: `npm run prove -- ${matrix.proof}`,
    unit: 'executions',
    perSecond: rateOf(jobs.length + undisturbed.length, seconds),
    seconds,
    cpuSeconds,
    failures,
    grids: machines.map((machine) =>
      gridOf(
        machine.name,
        judged
          .filter((each) => each.machine === machine)
          .map(({ matrixCase: { state, column }, reasons: [reason] }) => ({ row: state, column, reason })),
        matrix.columns,
      ),
    ),
    figures: { baselines: undisturbed.length, ...matrix.figuresOf(cases) },
  };
};
