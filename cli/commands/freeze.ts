import { globalScope } from '../../functions/control/control-scopes.ts';
import type { Freeze } from '../../functions/control/guards.ts';
import { ControlConflict } from '../../functions/runtime/errors.ts';
import { printable } from '../../functions/runtime/printable.ts';
import type { CliIo, CommandResult } from '../cli-io.ts';
import { confirm } from '../confirm.ts';
import { type CommonOptions, openControl, pairScope } from '../control.ts';
import { isoSeconds } from '../iso-seconds.ts';
import { exitCodes, OperatorError } from '../operator-error.ts';
import { requireRecorded, type Subject } from '../require-recorded.ts';
import { type AddCommand, withCommonOptions } from './command.ts';

interface FreezeOptions extends CommonOptions {
  readonly pair?: string;
  readonly cluster?: string;
  readonly all: boolean;
  readonly reason: string;
  readonly as?: string;
  readonly yes: boolean;
}

const clusterPrefix = 'CLUSTER#';

const subjectOf = ({ pair, cluster, all }: FreezeOptions): Subject => {
  const subjects: Subject[] = [];
  if (pair !== undefined) subjects.push({ scope: pairScope(pair), name: pair });
  if (cluster !== undefined) subjects.push({ scope: `${clusterPrefix}${cluster}`, name: cluster });
  if (all) subjects.push({ scope: globalScope, name: 'all' });
  const [subject, ...others] = subjects;
  if (subject !== undefined && others.length === 0) return subject;
  throw OperatorError.usage('give one of --pair <name>, --cluster <name> and --all');
};

const describe = ({ by, atMs, reason }: Freeze): string => printable(`by ${by} at ${isoSeconds(atMs)}: ${reason}`);

const freeze = async (options: FreezeOptions, io: CliIo): Promise<CommandResult> => {
  const subject = subjectOf(options);
  const control = await openControl(options, io);
  const guards = control.guards(subject.scope);
  if (!options.yes && subject.scope !== globalScope) await requireRecorded(control, subject);
  const standing = await guards.readFreeze();
  const json = { subject: subject.name };
  if (standing !== undefined) {
    const lines = [`${subject.name} is already frozen, ${describe(standing)}. Nothing was changed.`];
    return { exitCode: exitCodes.done, json: { ...json, outcome: 'already-frozen', freeze: standing }, lines };
  }
  const by = options.as ?? io.userName;
  const frozen = { reason: options.reason, by, atMs: io.runtime.clock.nowMs() };
  await guards.freeze(frozen);
  return {
    exitCode: exitCodes.done,
    json: { ...json, outcome: 'frozen', freeze: frozen },
    lines: [
      `${subject.name} is frozen, ${describe(frozen)}.`,
      'From their next guard on, runs make no write. A call already in flight is not cancelled.',
    ],
  };
};

const unfreeze = async (options: FreezeOptions, io: CliIo): Promise<CommandResult> => {
  const subject = subjectOf(options);
  const control = await openControl(options, io);
  const guards = control.guards(subject.scope);
  const standing = await guards.readFreeze();
  const done = (outcome: string, line: string): CommandResult => ({
    exitCode: exitCodes.done,
    json: { subject: subject.name, outcome, ...(standing && { freeze: standing }) },
    lines: [line],
  });
  if (standing === undefined) return done('not-frozen', `${subject.name} is not frozen. Nothing was changed.`);
  await confirm(
    `${subject.name} was frozen ${describe(standing)}. Without the freeze, runs write again.`,
    subject.name,
    options,
    io,
  );
  const thaw = {
    reason: options.reason,
    by: options.as ?? io.userName,
    atMs: io.runtime.clock.nowMs(),
  };
  try {
    await guards.unfreeze(standing, thaw);
  } catch (error) {
    if (!(error instanceof ControlConflict)) throw error;
    const now = await guards.readFreeze();
    if (now !== undefined) {
      throw OperatorError.refused(`${subject.name} was frozen again ${describe(now)}. That freeze stays.`);
    }
    // An answer that was lost, or somebody else: the freeze that was seen is gone either way.
  }
  return done('unfrozen', `${subject.name} is no longer frozen, ${describe(thaw)}.`);
};

const addOne = (
  name: string,
  description: string,
  act: (options: FreezeOptions, io: CliIo) => Promise<CommandResult>,
  ...[program, io, finish]: Parameters<AddCommand>
): void => {
  withCommonOptions(program.command(name))
    .description(description)
    .option('--pair <name>', 'the pair')
    .option('--cluster <name>', 'the cluster')
    .option('--all', 'every pair and cluster', false)
    .requiredOption('--reason <text>', 'why, for whoever runs into it')
    .option('--as <name>', 'who (default: the user of this machine)')
    .option('--yes', 'do not ask', false)
    .action(async (options: FreezeOptions) => {
      finish(await act(options, io), options);
    });
};

/** `mq-dr freeze` and `mq-dr unfreeze` */
export const addFreeze: AddCommand = (...context) => {
  addOne('freeze', 'stop all writes of a pair, a cluster or everything, until unfreeze', freeze, ...context);
  addOne('unfreeze', 'allow writes again', unfreeze, ...context);
};
