import type { Command } from 'commander';
import type { CliIo, CommandResult } from '../cli-io.ts';
import type { CommonOptions } from '../control.ts';

/** Adds one command to the program; its result is handed to `finish`. */
export type AddCommand = (
  program: Command,
  io: CliIo,
  finish: (result: CommandResult, options: CommonOptions) => void,
) => void;

/** Table that the deployment makes by default. */
const defaultTable = 'mq-dr-control';

/** Adds the options that every command takes. */
export const withCommonOptions = (command: Command): Command =>
  command
    .option('--region <region>', "Region to work in (default: the SDK's own, such as AWS_REGION)")
    .option('--table <name>', 'the Control table', defaultTable)
    .option('--json', 'print one JSON object and nothing else', false);
