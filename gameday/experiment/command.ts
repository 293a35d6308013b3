import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../cli/parse-command.ts';
import { mondayMorningMs } from '../../testbed/testbed-plan.ts';
import { passwords } from '../../testbed/users.ts';
import type { Journal, Outcome } from '../journal/journal.ts';
import { JournalStream } from '../journal/journal-stream.ts';
import type { GameDaySummary } from '../journal/summary.ts';
import { journalStreamFile, prepareReportFolder, ReportFolderError, writeReport } from '../report/write-report.ts';
import { type Display, LiveDisplay, quietDisplay, type Screen, silentDisplay } from '../terminal/display.ts';
import { pacer } from '../terminal/pacer.ts';
import { type GameDayRequest, parseArguments } from './command-options.ts';
import { describeEnvironment } from './environment.ts';
import { runGameDay } from './run-game-day.ts';
import { findScenario, listScenarios, UnknownScenarioError } from './scenario/catalogue.ts';
import { InvalidScenarioError, loadScenario } from './scenario/load.ts';
import { NoLedgerError, withoutLedgers } from './scenario/without-ledgers.ts';

/** The process around a game day. */
export interface CommandIo {
  readonly screen: Screen;
  writeError(text: string): void;
  /** Aborted by the first Ctrl-C. */
  readonly interrupt: AbortSignal;
  /** Wall clock, for the name of the run's folder alone. */
  now(): Date;
}

const exitCodes: Readonly<Record<Outcome, number>> = { met: 0, deviated: 2, interrupted: 3, aborted: 3 };

/** Runs the command line and answers the process's exit code: 0 met, 1 usage or internal error, 2 deviated, 3 cut short. */
export const runCommand = async (argv: readonly string[], io: CommandIo): Promise<number> => {
  try {
    const request = parseArguments(argv);
    if (request.list) return await list(request, io);
    return await play(request, io);
  } catch (error) {
    if (error instanceof UsageError && error.exitCode === 0) {
      io.screen.write(`${error.message}\n`);
      return 0;
    }
    io.writeError(`${describeFailure(error)}\n`);
    return 1;
  }
};

const list = async (request: GameDayRequest, { screen }: CommandIo): Promise<number> => {
  const scenarios = await listScenarios();
  if (request.json) screen.write(`${JSON.stringify({ scenarios })}\n`);
  else for (const { name, title } of scenarios) screen.write(`${name.padEnd(24)} ${title}\n`);
  return 0;
};

const play = async (request: GameDayRequest, io: CommandIo): Promise<number> => {
  const { screen, interrupt } = io;
  const { name, file } = await findScenario(request.scenario);
  const loaded = await loadScenario(name, file);
  const scenario = request.ledger ? loaded : withoutLedgers(loaded);
  const seed = request.seed ?? scenario.outline.seed;
  const startedAt = io.now();
  const folder = await prepareReportFolder(request.out, runName(name, seed, startedAt));
  const display = displayFor(request, screen);
  const startedMs = performance.now();
  let summary: GameDaySummary;
  const cannotGoOn = new AbortController();
  const stream = openStream(folder, (reason) => cannotGoOn.abort(reason));
  const tableFolder = await mkdtemp(join(tmpdir(), 'mq-dr-game-day-'));
  try {
    display.begin(mondayMorningMs, `${scenario.outline.title} (scenario ${name}, seed ${seed})`);
    const environment = await describeEnvironment(request.scenario, seed, request.ledger ? [] : ['--without-ledger']);
    const journal = await runGameDay({
      scenario,
      seed,
      interrupt,
      stream,
      abort: cannotGoOn.signal,
      tableFolder,
      onEvent: (event) => display.event(event),
      onTick: pacer(request.pace, (view) => display.frame(view), interrupt),
    });
    const stamped: Journal = {
      ...journal,
      environment: {
        ...environment,
        wall: {
          startedAt: startedAt.toISOString(),
          milliseconds: Math.round(performance.now() - startedMs),
          directory: folder,
        },
      },
    };
    summary = await writeReport(folder, stamped, stream);
    display.end(summary);
  } finally {
    display.release();
    stream.close();
    await rm(tableFolder, { recursive: true, force: true });
  }
  if (request.json) screen.write(`${JSON.stringify(summary)}\n`);
  return exitCodes[summary.outcome];
};

const openStream = (folder: string, onFailure: (reason: string) => void): JournalStream => {
  try {
    return new JournalStream(join(folder, journalStreamFile), passwords(), onFailure);
  } catch (error) {
    throw new ReportFolderError(folder, error instanceof Error ? error.message : String(error));
  }
};

const displayFor = (request: GameDayRequest, screen: Screen): Display => {
  if (request.json) return silentDisplay;
  const painted: Screen = {
    write: (text) => screen.write(text),
    isTty: screen.isTty,
    columns: () => screen.columns(),
    colour: screen.colour && request.color,
  };
  return request.quiet ? quietDisplay(painted) : new LiveDisplay(painted);
};

/** `2026-11-22T14-15-06-first-switchover-7`: sorts by time, and is a valid name everywhere. */
const runName = (scenario: string, seed: number, startedAt: Date): string =>
  `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}-${scenario}-${seed}`;

const describeFailure = (error: unknown): string => {
  if (error instanceof UsageError) return error.message;
  const known =
    error instanceof InvalidScenarioError ||
    error instanceof UnknownScenarioError ||
    error instanceof NoLedgerError ||
    error instanceof ReportFolderError;
  if (known) return `${error.name}: ${error.message}`;
  return error instanceof Error
    ? `internal error: ${error.stack ?? error.message}`
    : `internal error: ${String(error)}`;
};
