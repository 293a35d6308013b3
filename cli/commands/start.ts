import { InvalidArgumentError } from 'commander';
import type { CliIo, CommandResult } from '../cli-io.ts';
import { confirm } from '../confirm.ts';
import { type CommonOptions, regionOf } from '../control.ts';
import { Executions } from '../executions.ts';
import { endLines, exitOf, followExecution, outputOf } from '../follow-execution.ts';
import { exitCodes, OperatorError } from '../operator-error.ts';
import { parseGivenInput, planStart, type StartChoices } from '../start-input.ts';
import { findWorkflow, workflowNames } from '../workflows.ts';
import { type AddCommand, withCommonOptions } from './command.ts';

interface StartOptions extends StartChoices, CommonOptions {
  readonly watch: boolean;
  readonly yes: boolean;
  readonly input?: string;
  readonly pollSeconds: number;
}

/** Two polls a second apart are 120 calls a minute, far below the account's 15 a second for DescribeExecution. */
const shortestPollSeconds = 1;
const longestPollSeconds = 300;

/** Every 5 s: a healthy switchover takes some 10 s. */
const defaultPollSeconds = 5;

const pollSeconds = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= shortestPollSeconds && value <= longestPollSeconds) return value;
  throw new InvalidArgumentError(`expected whole seconds from ${shortestPollSeconds} to ${longestPollSeconds}`);
};

const oneMore = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

const readInput = async (text: string, io: CliIo): Promise<string> => {
  if (!text.startsWith('@')) return text;
  const path = text.slice(1);
  return await io.readFile(path).catch((error: unknown) => {
    throw OperatorError.usage(`--input ${text} cannot be read: ${error instanceof Error ? error.message : error}`);
  });
};

/**
 * A name for the execution, made once for each command: a repeated StartExecution then starts nothing twice. At most
 * 80 characters: API_StartExecution.
 */
const executionName = (workflow: string, subject: string, { runtime }: CliIo): string => {
  const time = new Date(runtime.clock.nowMs()).toISOString().replace(/[-:]|\.\d+/g, '');
  const suffix = Math.floor(runtime.random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
  return `${workflow}-${subject.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 30)}-${time}-${suffix}`;
};

const start = async (name: string, options: StartOptions, io: CliIo): Promise<CommandResult> => {
  const workflow = findWorkflow(name);
  const given = options.input === undefined ? {} : parseGivenInput(await readInput(options.input, io));
  const plan = planStart(workflow, options, given, options.region);
  const region = plan.region ?? (await regionOf(options, io));
  if (plan.effect !== undefined) {
    const what = `This starts ${name} of ${plan.subject} in ${region}. ${plan.effect}`;
    await confirm(what, plan.subject, options, io);
  }
  const executions = new Executions(io.runtime, region);
  const text = JSON.stringify(plan.input);
  const executionArn = await executions.start(name, executionName(name, plan.subject, io), text);
  const started = { workflow: name, subject: plan.subject, region, executionArn, dryRun: plan.dryRun };
  const startedLine = `started ${name} of ${plan.subject} in ${region}: ${executionArn}`;
  if (!options.watch) return { exitCode: exitCodes.done, json: started, lines: [startedLine] };

  const tell = (line: string): void => {
    if (!options.json) io.write(`${line}\n`);
  };
  tell(startedLine);
  tell('It continues if you stop watching (Ctrl-C).');
  const run = { executionArn, pair: plan.subject };
  const end = await followExecution(io.runtime, executions, run, tell, options.pollSeconds);
  const { status, outcome, error, cause } = end;
  return {
    exitCode: exitOf(end),
    json: { ...started, status, outcome, output: outputOf(end), error, cause },
    lines: endLines(end, plan.subject),
  };
};

const examples = `
Examples:
  $ npx mq-dr start switchover --pair orders --target-region us-west-2 --reason "planned move" --dry-run --watch
  $ npx mq-dr start failover --pair orders --target-region us-west-2 --reason "us-east-1 is down" --accept-data-loss
  $ npx mq-dr start failback --pair orders --target-region us-east-1 --reason "us-east-1 is back" --watch
  $ npx mq-dr start reconcile --pair orders --region us-west-2 --queue "orders.*" --reason "after the failover" --watch
  $ npx mq-dr start create-replica --input @orders.json --region us-east-1 --watch

Workflows: ${workflowNames.join(', ')}
`;

/** `mq-dr start <workflow>` */
export const addStart: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command('start'))
    .description('start a workflow')
    .argument('<workflow>', 'what to start')
    .option('--pair <name>', 'the pair')
    .option('--cluster <name>', 'policy-drift: the cluster')
    .option(
      '--target-region <region>',
      'Region whose broker becomes the primary; for a failback, the Region to go back to',
    )
    .option('--reason <text>', 'why, for the execution history')
    .option('--accept-data-loss', 'failover: leave behind whatever has not been replicated')
    .option(
      '--mode <mode>',
      'reconcile: report, repair, auto or configured; policy-drift: report, remediate or rollback',
    )
    .option('--manifest <hash>', 'reconcile --mode repair: the manifest to repair by')
    .option('--queue <name>', 'reconcile: a queue, or a pattern with *; repeatable', oneMore)
    .option('--dry-run', 'take the same path without writing, and list the writes')
    .option('--override-control <reason>', 'failover: act although the Control table cannot be reached')
    .option('--input <json|@file>', 'the input as JSON, or @file; options add to it')
    .option('--yes', 'do not ask for confirmation', false)
    .option('--watch', 'follow the run to its end and exit with a code for its outcome', false)
    .option('--poll-seconds <n>', 'with --watch: seconds between two polls', pollSeconds, defaultPollSeconds)
    .addHelpText('after', examples)
    .action(async (workflow: string, options: StartOptions) => {
      finish(await start(workflow, options, io), options);
    });
};
