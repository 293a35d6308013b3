import type { AutomationStop } from '../../functions/control/automation-stop.ts';
import { ControlConflict } from '../../functions/runtime/errors.ts';
import { printable } from '../../functions/runtime/printable.ts';
import type { CliIo, CommandResult } from '../cli-io.ts';
import { confirm } from '../confirm.ts';
import { type CommonOptions, openControl, pairScope } from '../control.ts';
import { isoSeconds } from '../iso-seconds.ts';
import { exitCodes, OperatorError } from '../operator-error.ts';
import { type AddCommand, withCommonOptions } from './command.ts';

interface ResumeOptions extends CommonOptions {
  readonly pair: string;
  readonly reason: string;
  readonly as?: string;
  readonly yes: boolean;
}

const describe = ({ kind, atMs, reason }: AutomationStop): string =>
  printable(`since ${isoSeconds(atMs)} (${kind}): ${reason}`);

const resume = async (options: ResumeOptions, io: CliIo): Promise<CommandResult> => {
  const { pair } = options;
  const guards = (await openControl(options, io)).guards(pairScope(pair));
  const standing = await guards.readStop();
  const done = (outcome: string, line: string): CommandResult => ({
    exitCode: exitCodes.done,
    json: { pair, outcome, ...(standing && { stop: standing }) },
    lines: [line],
  });
  if (standing === undefined)
    return done('not-stopped', `automatic runs of ${pair} are not stopped. Nothing was changed.`);
  await confirm(
    `Automatic runs of ${pair} have been stopped ${describe(standing)}. Without that, the next signals may fail it over.`,
    pair,
    options,
    io,
  );
  const by = options.as ?? io.userName;
  const resumed = { reason: options.reason, by, atMs: io.runtime.clock.nowMs() };
  try {
    await guards.resume(standing, resumed);
  } catch (error) {
    if (!(error instanceof ControlConflict)) throw error;
    const now = await guards.readStop();
    if (now !== undefined) {
      throw OperatorError.refused(`automatic runs of ${pair} were stopped again ${describe(now)}. That stays.`);
    }
    // An answer that was lost, or somebody else: what was seen is lifted either way.
  }
  return done('resumed', printable(`automatic runs of ${pair} may act again, by ${by}: ${options.reason}`));
};

/** `mq-dr resume` */
export const addResume: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command('resume'))
    .description('let automatic runs of a pair act again after a stalled or refused promotion stopped them')
    .requiredOption('--pair <name>', 'the pair')
    .requiredOption('--reason <text>', 'why, for whoever asks later')
    .option('--as <name>', 'who (default: the user of this machine)')
    .option('--yes', 'do not ask', false)
    .action(async (options: ResumeOptions) => {
      finish(await resume(options, io), options);
    });
};
