import type { CliIo, CommandResult } from '../cli-io.ts';
import { type CommonOptions, openControl } from '../control.ts';
import { exitCodes } from '../operator-error.ts';
import { readControlStatus } from '../pair-status.ts';
import { readRunning } from '../running-executions.ts';
import { statusLines } from '../status-lines.ts';
import { type AddCommand, withCommonOptions } from './command.ts';

interface StatusOptions extends CommonOptions {
  readonly pair?: string;
}

const status = async (options: StatusOptions, io: CliIo): Promise<CommandResult> => {
  const { runtime } = io;
  const control = await openControl(options, io);
  const found = await readControlStatus(control, options.pair, () => runtime.clock.nowMs());
  // A pair's workflows run in the Regions of its brokers, and its heartbeats name these.
  const regions = new Set([control.region]);
  for (const pair of found.known ? found.pairs : []) {
    for (const { region } of pair.heartbeats) regions.add(region);
    for (const arn of (await control.records.readMembers(pair.pair)) ?? []) regions.add(arn.split(':')[3] ?? '');
  }
  const runs = await readRunning(runtime, [...regions].sort());
  const nowMs = runtime.clock.nowMs();
  const shown = runs.map((region) =>
    region.known && options.pair !== undefined
      ? { ...region, running: region.running.filter(({ pair }) => pair === options.pair) }
      : region,
  );
  return {
    exitCode: found.known ? exitCodes.done : exitCodes.unusable,
    json: { atMs: nowMs, table: options.table, region: control.region, control: found, executions: shown },
    lines: statusLines(`${options.table} in ${control.region}`, found, shown, nowMs),
  };
};

/** `mq-dr status` */
export const addStatus: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command('status'))
    .description('show lock, freeze, newest promotion, open intents and approvals, heartbeats, running executions')
    .option('--pair <name>', 'one pair only')
    .action(async (options: StatusOptions) => {
      finish(await status(options, io), options);
    });
};
