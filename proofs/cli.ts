import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { didYouMean } from '../functions/runtime/nearest-name.ts';
import { machines } from '../infra/catalogue.ts';
import { packageVersion } from '../infra/package-version.ts';
import type { Matrix } from './matrix/matrix.ts';
import { writeProof } from './report/write-proofs.ts';
import { jsonSummaryOf, type ProofResult } from './runner/proof-result.ts';

/** Reports, from the repository's root. */
const defaultFolder = 'reports/proofs';

/** Options of every check. */
interface CommonOptions {
  readonly json: boolean;
  readonly out: string;
}

interface MatrixCommandOptions extends CommonOptions {
  readonly machine: readonly string[];
}

interface SchedulesOptions extends CommonOptions {
  readonly runs: number;
  readonly seed: number;
  readonly replay?: string;
  readonly shrink: boolean;
}

const machineNames = machines.map(({ name }) => name);

const machine = (name: string, others: readonly string[]): readonly string[] => {
  if (machineNames.includes(name)) return [...others, name];
  throw new InvalidArgumentError(`unknown workflow "${name}"${didYouMean(name, machineNames)}`);
};

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('a whole number is needed');
};

const positive = (text: string): number => {
  const value = wholeNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('at least 1 is needed');
};

const showProgress = (proof: string) => (done: number, of: number) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${proof}: ${done} of ${of}`);
};

const asText = (result: ProofResult, page: string): string => {
  const { proof, cases, failed, mutants, mutantsKilled, seconds, cpuSeconds, perSecond, unit, failures } = result;
  const killed = mutants === undefined ? '' : `, ${mutantsKilled} of ${mutants} broken definitions detected`;
  return [
    `${proof}: ${cases - failed} of ${cases} cases held${killed}`,
    ...failures.flatMap(({ name, reasons, path = [] }) => [
      `  ${name}`,
      ...reasons.map((reason) => `    ${reason}`),
      ...(path.length === 0 ? [] : [`    ${path.join(' ')}`]),
    ]),
    `${seconds} s, ${cpuSeconds} s of processor time, ${perSecond} ${unit} a second; ${page}`,
  ].join('\n');
};

const report = async (result: ProofResult, { json, out }: CommonOptions): Promise<void> => {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  const page = await writeProof(out, result);
  console.log(json ? JSON.stringify(jsonSummaryOf(result)) : asText(result, page));
  if (result.failed > 0 || result.mutants !== result.mutantsKilled) process.exitCode = 1;
};

const program = new Command('prove')
  .description('Verify what the project claims: model check, crash matrix, fault matrix, randomized schedules.')
  .version(packageVersion)
  .showHelpAfterError();

const proof = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option('--json', 'print one JSON object and nothing else on standard output', false)
    .option('--out <folder>', 'where the JSON and the page are written', defaultFolder);

// Each check is loaded only when it is asked for: the model check simulates nothing.
proof('static', 'model check: every definition, and every one that lacks a safeguard, against the rules').action(
  async (options: CommonOptions) => {
    const { proveStatic } = await import('./static/prove-static.ts');
    await report(proveStatic(), options);
  },
);

const matrix = (name: string, description: string): Command =>
  proof(name, description).option('--machine <name>', 'this workflow alone; may be given again', machine, []);

const proveAndReport = async (matrix: Matrix, { machine: names, ...options }: MatrixCommandOptions): Promise<void> => {
  const { proveMatrix } = await import('./matrix/prove-matrix.ts');
  const machines = names.length === 0 ? undefined : names;
  await report(await proveMatrix(matrix, { machines, onProgress: showProgress(matrix.proof) }), options);
};

matrix('crash', 'crash matrix: kill the handler at every call, and end every run from outside in every Task').action(
  async (options: MatrixCommandOptions) => {
    const { crashMatrix } = await import('./crash/crash-matrix.ts');
    await proveAndReport(crashMatrix, options);
  },
);

matrix('faults', 'fault matrix: let the calls of every Task fail in every way').action(
  async (options: MatrixCommandOptions) => {
    const { faultMatrix } = await import('./faults/fault-matrix.ts');
    await proveAndReport(faultMatrix, options);
  },
);

proof('schedules', 'randomized schedules: play traffic, operators, events, faults and crashes')
  .option('--runs <number>', 'how many schedules', positive, 300)
  .option('--seed <number>', 'seed of all of them', wholeNumber, 42)
  .option('--replay <file>', 'play the schedule of a file alone')
  .option('--shrink', 'make the schedule of the file as small as it gets; random ones always are', false)
  .action(async ({ runs, seed, replay, shrink, ...options }: SchedulesOptions) => {
    const { proveSchedules } = await import('./schedules/prove-schedules.ts');
    const { readSchedule } = await import('./schedules/schedule-file.ts');
    const schedule = replay === undefined ? undefined : readSchedule(await readFile(replay, 'utf8'));
    const onProgress = showProgress('schedules');
    await report(
      await proveSchedules({ runs, seed, folder: options.out, replay: schedule, shrink, onProgress }),
      options,
    );
  });

await program.parseAsync();
