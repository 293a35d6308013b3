import type { Approval } from '../../functions/control/approval.ts';
import { approvalPrefix, approvalState } from '../../functions/control/approval.ts';
import { ControlConflict, DrError } from '../../functions/runtime/errors.ts';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';
import type { CliIo, CommandResult } from '../cli-io.ts';
import { type CommonOptions, type Control, openControl, pairOfScope } from '../control.ts';
import { isoSeconds } from '../iso-seconds.ts';
import { exitCodes, OperatorError } from '../operator-error.ts';
import { type AddCommand, withCommonOptions } from './command.ts';

interface DecideOptions extends CommonOptions {
  readonly pair: string;
  readonly as?: string;
}

/**
 * Why a pair has no such approval: it is another pair's, or nobody's. Approvers may be allowed to read their own pairs
 * only, and then it stays open which.
 */
const whereElse = async (control: Control, id: string, pair: string): Promise<string> => {
  try {
    const approvals = (await control.items.keys()).filter(({ item }) => item.startsWith(approvalPrefix));
    const owner = approvals.find(({ item }) => item === `${approvalPrefix}${id}`);
    if (owner !== undefined) return `approval ${id} belongs to pair ${pairOfScope(owner.scope)}, not to ${pair}`;
    const ids = approvals.map(({ item }) => item.slice(approvalPrefix.length));
    return `pair ${pair} has no approval ${id}${didYouMean(id, ids)}`;
  } catch (error) {
    if (error instanceof DrError) return `pair ${pair} has no approval ${id}`;
    throw error;
  }
};

const whyNot = (approval: Approval, nowMs: number): string | undefined => {
  const state = approvalState(approval, nowMs);
  if (state === 'open') return undefined;
  if (state === 'expired') {
    return `approval ${approval.approvalId} expired at ${isoSeconds(approval.expiresAtMs)}, and expiry means no; start the workflow again`;
  }
  return `approval ${approval.approvalId} was already ${state}, by ${approval.decidedBy ?? 'an unnamed person'}; an approval is answered only once`;
};

const decide = async (
  id: string,
  status: 'approved' | 'denied',
  options: DecideOptions,
  io: CliIo,
): Promise<CommandResult> => {
  const control = await openControl(options, io);
  const { clock } = io.runtime;
  const requireOpen = async (): Promise<Approval> => {
    const approval = await control.records.readApproval(options.pair, id);
    if (approval === undefined) {
      throw OperatorError.refused(`${await whereElse(control, id, options.pair)}. Nothing was changed.`);
    }
    const reason = whyNot(approval, clock.nowMs());
    if (reason !== undefined) throw OperatorError.refused(`${reason}. Nothing was changed.`);
    return approval;
  };
  const { question, executionArn } = await requireOpen();
  const decidedBy = options.as ?? io.userName;
  try {
    await control.records.decideApproval(options.pair, id, { status, decidedBy }, clock.nowMs());
  } catch (error) {
    // Somebody was faster, or its time ran out in between: the item says which.
    if (error instanceof ControlConflict) await requireOpen();
    throw error;
  }
  return {
    exitCode: exitCodes.done,
    json: { pair: options.pair, approvalId: id, status, decidedBy, question, executionArn },
    lines: [`${status} by ${decidedBy}: ${question}`, `The run sees it at its next check: ${executionArn}`],
  };
};

const addDecision = (
  [name, status, description]: readonly [string, 'approved' | 'denied', string],
  ...[program, io, finish]: Parameters<AddCommand>
): void => {
  withCommonOptions(program.command(name))
    .description(description)
    .argument('<id>', 'id of the approval, as shown by the notification and by status')
    .requiredOption('--pair <name>', 'the pair that it is about')
    .option('--as <name>', 'who answers (default: the user of this machine)')
    .action(async (id: string, options: DecideOptions) => {
      finish(await decide(id, status, options, io), options);
    });
};

/** `mq-dr approve <id>` and `mq-dr deny <id>` */
export const addDecide: AddCommand = (...context) => {
  addDecision(['approve', 'approved', 'approve what a run asks for'], ...context);
  addDecision(['deny', 'denied', 'deny what a run asks for'], ...context);
};
