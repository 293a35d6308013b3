import { type Approval, approvalPrefix, approvalScope, approvalState } from '../functions/control/approval.ts';
import type { AutomationStop } from '../functions/control/automation-stop.ts';
import { globalScope } from '../functions/control/control-scopes.ts';
import type { Epoch, Freeze, Lock } from '../functions/control/guards.ts';
import type { Heartbeat } from '../functions/control/heartbeat.ts';
import { type Intent, intentOperations, isOpen } from '../functions/control/intent.ts';
import { ReadinessTable } from '../functions/readiness/adapters/readiness-table.ts';
import type { GameDayRecord } from '../functions/readiness/readiness-record.ts';
import { DrError } from '../functions/runtime/errors.ts';
import { type Control, pairOfScope, pairScope } from './control.ts';
import { lacksCredentials } from './describe-failure.ts';

/** What the Control table holds about a pair; what is over and done with is left out. */
export interface PairStatus {
  readonly pair: string;
  /** Whether anything at all is recorded. */
  readonly recorded: boolean;
  readonly lock?: Lock;
  readonly freeze?: Freeze;
  /** Why automatic runs are stopped. */
  readonly stop?: AutomationStop;
  readonly epoch?: Epoch;
  readonly openIntents: readonly Intent[];
  readonly heartbeats: readonly Heartbeat[];
  readonly openApprovals: readonly Approval[];
  /** The newest rehearsal. */
  readonly gameDay?: GameDayRecord;
}

/** What the Control table holds, or why it cannot be read. */
export type ControlStatus =
  | { readonly known: true; readonly globalFreeze?: Freeze; readonly pairs: readonly PairStatus[] }
  | { readonly known: false; readonly reason: string };

const namesAfter = (prefix: string, items: readonly string[]): readonly string[] =>
  items.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));

const present = <T>(values: readonly (T | undefined)[]): readonly T[] => values.filter((value) => value !== undefined);

/** One after the other: an answer takes milliseconds, and a table in trouble should not get a burst. */
const readEach = async <K, T>(keys: readonly K[], read: (key: K) => Promise<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for (const key of keys) found.push(await read(key));
  return found;
};

const readPair = async (control: Control, pair: string, nowMs: () => number): Promise<PairStatus> => {
  const scope = pairScope(pair);
  const items = (await control.items.keys(scope)).map(({ item }) => item);
  const guards = await control.guards(scope).read();
  const operations = intentOperations.filter((operation) => items.includes(`INTENT#${operation}`));
  const intents = await readEach(operations, (operation) => control.records.readIntent(pair, operation));
  const regions = namesAfter('HEARTBEAT#', items);
  const heartbeats = await readEach(regions, (region) => control.heartbeats.read(pair, region));
  const asked = (await control.items.keys(approvalScope(pair))).map(({ item }) => item);
  const approvals = await readEach(namesAfter(approvalPrefix, asked), (id) => control.records.readApproval(pair, id));
  const gameDay = items.includes('GAMEDAY') ? await new ReadinessTable(control.items).readGameDay(pair) : undefined;
  return {
    pair,
    recorded: items.length + asked.length > 0,
    ...(guards.known && guards.lock && { lock: guards.lock }),
    ...(guards.known && guards.freeze && { freeze: guards.freeze }),
    ...(guards.known && guards.stop && { stop: guards.stop }),
    ...(guards.known && guards.epoch && { epoch: guards.epoch }),
    openIntents: intents.filter(isOpen),
    heartbeats: present(heartbeats),
    openApprovals: present(approvals).filter((approval) => approvalState(approval, nowMs()) === 'open'),
    ...(gameDay && { gameDay }),
  };
};

/**
 * Reads how one pair stands, or all that the table knows. A table that cannot be reached is part of the answer: that is
 * when people ask.
 *
 * @throws AccessDenied, NotFound, UnexpectedAnswer
 */
export const readControlStatus = async (
  control: Control,
  pair: string | undefined,
  nowMs: () => number,
): Promise<ControlStatus> => {
  try {
    const globalFreeze = await control.guards(globalScope).readFreeze();
    const pairs =
      pair === undefined
        ? [...new Set((await control.items.keys()).flatMap(({ scope }) => pairOfScope(scope) ?? []))].sort()
        : [pair];
    const found = await readEach(pairs, (name) => readPair(control, name, nowMs));
    return { known: true, ...(globalFreeze && { globalFreeze }), pairs: found };
  } catch (error) {
    const passing = error instanceof DrError && error.kind === 'transient' && !lacksCredentials(error);
    if (passing) return { known: false, reason: error.message };
    throw error;
  }
};
