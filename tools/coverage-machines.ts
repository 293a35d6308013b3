import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import pc from 'picocolors';
import * as z from 'zod';
import { packageVersion } from '../infra/package-version.ts';
import {
  type CoverageRecord,
  coverageReport,
  type MachineReport,
} from '../simulator/engine/coverage/coverage-report.ts';
import { parseDefinition } from '../simulator/engine/definition/parse-definition.ts';
import { type CoverageGoals, coverageGoalsOf } from '../simulator/engine/definition/transitions.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const definitionSuffix = '.asl.json';
/** 0: everything visited; 1: an error; 2: something was not visited. */
const exit = { complete: 0, error: 1, incomplete: 2 } as const;

const recordsSchema = z.array(
  z.record(
    z.string(),
    z.object({
      statesVisited: z.array(z.string()),
      edgesVisited: z.array(z.string()),
      retriersTaken: z.array(z.string()),
    }),
  ),
);

/** What there is to visit, by machine name: the name of the definition's file. */
const readGoals = async (): Promise<Readonly<Record<string, CoverageGoals>>> => {
  const folder = join(root, 'statemachines');
  const files = (await readdir(folder)).filter((file) => file.endsWith(definitionSuffix)).sort();
  if (files.length === 0) throw new Error(`no *${definitionSuffix} in ${folder}: there is nothing to cover`);
  const goals: Record<string, CoverageGoals> = {};
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8');
    try {
      // States and edges do not depend on what the deployment fills in.
      const definition = parseDefinition(text.replace(/\$\{[^}]*\}/g, '1'));
      goals[file.slice(0, -definitionSuffix.length)] = coverageGoalsOf(definition);
    } catch (error) {
      throw new Error(`statemachines/${file}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return goals;
};

/** Runs the machine tests; their output goes to stderr. Resolves with the exit code. */
const runTests = (directory: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
    const child = spawn(process.execPath, [vitest, 'run', '--project', 'fast', 'test/machines'], {
      cwd: root,
      env: { ...process.env, MQ_DR_COVERAGE_DIR: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.pipe(process.stderr);
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? exit.error));
  });

const readRecords = async (directory: string): Promise<readonly CoverageRecord[]> => {
  const records: CoverageRecord[] = [];
  for (const file of (await readdir(directory)).sort()) {
    const text = await readFile(join(directory, file), 'utf8');
    records.push(...recordsSchema.parse(JSON.parse(text)));
  }
  return records;
};

const share = (visited: readonly string[], all: readonly string[]): string => {
  const text = `${visited.length}/${all.length}`.padStart(9);
  return visited.length === all.length ? pc.green(text) : pc.red(text);
};

const table = (machines: Readonly<Record<string, MachineReport>>): string => {
  const width = Math.max(...Object.keys(machines).map((name) => name.length), 'machine'.length);
  const lines = [
    pc.bold(`${'machine'.padEnd(width)}  ${['states', 'edges', 'retriers'].map((head) => head.padStart(9)).join('')}`),
  ];
  for (const [name, report] of Object.entries(machines)) {
    const shares = [
      share(report.statesVisited, report.states),
      share(report.edgesVisited, report.edges),
      share(report.retriersTaken, report.retriers),
    ];
    lines.push(`${name.padEnd(width)}  ${shares.join('')}`);
    for (const goal of report.missing) lines.push(pc.red(`  not visited: ${goal}`));
  }
  return lines.join('\n');
};

const main = async (options: { readonly json?: boolean }): Promise<number> => {
  const goals = await readGoals();
  const directory = await mkdtemp(join(tmpdir(), 'mq-dr-coverage-'));
  try {
    const code = await runTests(directory);
    if (code !== 0)
      throw new Error(`the machine tests failed with exit code ${code}; make them pass, then run this again`);
    const machines = coverageReport(goals, await readRecords(directory));
    process.stdout.write(`${options.json === true ? JSON.stringify({ machines }, null, 2) : table(machines)}\n`);
    return Object.values(machines).every(({ missing }) => missing.length === 0) ? exit.complete : exit.incomplete;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

await new Command('coverage:machines')
  .description(
    'Runs the machine tests and reports which states, edges and retriers of statemachines/*.asl.json they visited.\n' +
      'An edge is a Next, a Choice rule, a Default or a Catch. Exit code 0: all visited, 2: not all, 1: an error.',
  )
  .option('--json', 'print one JSON object')
  .version(packageVersion)
  .allowExcessArguments(false)
  .action(async (options: { readonly json?: boolean }) => {
    try {
      process.exitCode = await main(options);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
      process.exitCode = exit.error;
    }
  })
  .parseAsync();
