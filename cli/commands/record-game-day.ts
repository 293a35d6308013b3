import { ReadinessTable } from '../../functions/readiness/adapters/readiness-table.ts';
import { type GameDayRecord, gameDayOutcomes } from '../../functions/readiness/readiness-record.ts';
import { ControlConflict } from '../../functions/runtime/errors.ts';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';
import { printable } from '../../functions/runtime/printable.ts';
import type { CliIo, CommandResult } from '../cli-io.ts';
import { type CommonOptions, openControl, pairScope } from '../control.ts';
import { isoSeconds } from '../iso-seconds.ts';
import { exitCodes, OperatorError } from '../operator-error.ts';
import { requireRecorded } from '../require-recorded.ts';
import { type AddCommand, withCommonOptions } from './command.ts';

interface RecordGameDayOptions extends CommonOptions {
  readonly pair: string;
  readonly outcome: string;
  readonly at?: string;
  readonly as?: string;
  readonly yes: boolean;
}

const outcomeOf = (text: string): GameDayRecord['outcome'] => {
  const outcome = gameDayOutcomes.find((each) => each === text);
  if (outcome !== undefined) return outcome;
  throw OperatorError.usage(`unknown outcome "${text}"${didYouMean(text, gameDayOutcomes)}`);
};

const timeOf = (text: string | undefined, nowMs: number): number => {
  if (text === undefined) return nowMs;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw OperatorError.usage(`--at ${text} is not a time such as 2026-11-22T15:00:00Z`);
  if (atMs > nowMs) throw OperatorError.usage(`--at ${text} is in the future: a game day is recorded after its end`);
  return atMs;
};

const record = async (options: RecordGameDayOptions, io: CliIo): Promise<CommandResult> => {
  const { pair, yes } = options;
  const outcome = outcomeOf(options.outcome);
  const control = await openControl(options, io);
  if (!yes) await requireRecorded(control, { scope: pairScope(pair), name: pair });
  const table = new ReadinessTable(control.items);
  const atMs = timeOf(options.at, io.runtime.clock.nowMs());
  const gameDay = { atMs, outcome, by: options.as ?? io.userName };
  try {
    await table.writeGameDay(pair, gameDay);
  } catch (error) {
    if (!(error instanceof ControlConflict)) throw error;
    const later = await table.readGameDay(pair);
    throw OperatorError.refused(
      `a later game day of ${pair} is recorded${later === undefined ? '' : `, at ${isoSeconds(later.atMs)}`}. Nothing was changed.`,
    );
  }
  return {
    exitCode: exitCodes.done,
    json: { pair, gameDay },
    lines: [printable(`game day of ${pair} at ${isoSeconds(atMs)}: ${outcome}, recorded by ${gameDay.by}`)],
  };
};

/** `mq-dr record-game-day` */
export const addRecordGameDay: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command('record-game-day'))
    .description('record that a pair was rehearsed, which readiness checks')
    .requiredOption('--pair <name>', 'the pair')
    .requiredOption('--outcome <outcome>', `how it ended: ${gameDayOutcomes.join(', ')}`)
    .option('--at <time>', 'when it ended, ISO 8601 (default: now)')
    .option('--as <name>', 'who records it (default: the user of this machine)')
    .option('--yes', 'also for a pair without any record', false)
    .action(async (options: RecordGameDayOptions) => {
      finish(await record(options, io), options);
    });
};
