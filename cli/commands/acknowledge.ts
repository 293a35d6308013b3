import type { CliIo, CommandResult } from '../cli-io.ts';
import { type CommonOptions, openControl, pairScope } from '../control.ts';
import { isoSeconds } from '../iso-seconds.ts';
import { exitCodes, OperatorError } from '../operator-error.ts';
import { type AddCommand, withCommonOptions } from './command.ts';

interface AcknowledgeOptions extends CommonOptions {
  readonly pair: string;
}

const acknowledge = async (options: AcknowledgeOptions, io: CliIo): Promise<CommandResult> => {
  const { pair } = options;
  const guards = (await openControl(options, io)).guards(pairScope(pair));
  const epoch = await guards.readEpoch();
  if (epoch === undefined) {
    throw OperatorError.refused(`no promotion of pair ${pair} is recorded, so there is nothing to acknowledge`);
  }
  const promotion = `promotion ${epoch.number} of ${pair}: ${epoch.mode} to ${epoch.primaryRegion} at ${isoSeconds(epoch.promotedAtMs)}`;
  const result = (outcome: string, acknowledgedAtMs: number): CommandResult => ({
    exitCode: exitCodes.done,
    json: { pair, outcome, epoch: { ...epoch, acknowledgedAtMs } },
    lines: [`${promotion} ${outcome === 'acknowledged' ? 'is acknowledged' : 'was already acknowledged'}`],
  });
  if (epoch.acknowledgedAtMs !== undefined) return result('already-acknowledged', epoch.acknowledgedAtMs);
  const nowMs = io.runtime.clock.nowMs();
  await guards.acknowledge(epoch.number, nowMs);
  return result('acknowledged', nowMs);
};

/** `mq-dr ack` */
export const addAcknowledge: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command('ack'))
    .description('acknowledge the newest promotion, so that automatic runs may act again')
    .requiredOption('--pair <name>', 'the pair')
    .action(async (options: AcknowledgeOptions) => {
      finish(await acknowledge(options, io), options);
    });
};
