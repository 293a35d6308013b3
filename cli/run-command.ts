import { Command, CommanderError } from 'commander';
import { printableJson, printableText } from '../functions/runtime/printable.ts';
import { packageVersion } from '../infra/package-version.ts';
import type { CliIo, CommandResult } from './cli-io.ts';
import { addAcknowledge } from './commands/acknowledge.ts';
import { addDecide } from './commands/decide.ts';
import { addFreeze } from './commands/freeze.ts';
import { addRecordGameDay } from './commands/record-game-day.ts';
import { addResume } from './commands/resume.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { describeFailure } from './describe-failure.ts';
import { type ExitCode, exitCodes } from './operator-error.ts';

const exitCodesHelp = `
Exit codes: 0 done or started, 1 wrong usage or AWS could not be asked, 2 refused, 3 the run stalled or failed.
Credentials, Region and endpoints are the SDK's own: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and so on.
docs/cli.md has the details.
`;

/** Nothing that a command writes acts on the terminal: names and reasons come from AWS, and from whoever wrote them there. */
const harmless = (io: CliIo): CliIo => ({
  ...io,
  write: (text) => io.write(printableText(text)),
  writeError: (text) => io.writeError(printableText(text)),
});

/**
 * Runs one command line (without node and the script) and returns the process's exit code. A failure is reported in one
 * line on standard error, and with `--json` in the one object on standard output as well.
 */
export const runCommand = async (argv: readonly string[], process: CliIo): Promise<ExitCode> => {
  const io = harmless(process);
  const asJson = argv.includes('--json');
  let result: CommandResult | undefined;
  const finish = (found: CommandResult): void => {
    result = found;
  };
  const program = new Command('mq-dr')
    .description('Disaster recovery for Amazon MQ: start workflows, show their state, answer approvals, freeze writes.')
    .version(packageVersion)
    .addHelpText('after', exitCodesHelp)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.write(text),
      // A failure is reported once, below, in the same form as every other.
      writeErr: () => {},
    });
  for (const add of [addStart, addStatus, addDecide, addFreeze, addAcknowledge, addResume, addRecordGameDay])
    add(program, io, finish);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    if (error instanceof CommanderError && error.code === 'commander.help') {
      io.writeError(program.helpInformation());
      return exitCodes.unusable;
    }
    const failure = describeFailure(error);
    if (asJson) io.write(`${printableJson({ error: failure })}\n`);
    io.writeError(`${failure.name}: ${failure.message}\n`);
    return failure.exitCode;
  }
  if (result === undefined) return exitCodes.unusable;
  io.write(asJson ? `${printableJson(result.json)}\n` : `${result.lines.join('\n')}\n`);
  return result.exitCode;
};
