import { approvalScope } from '../functions/control/approval.ts';
import { ControlItems } from '../functions/control/control-items.ts';
import { ControlTable } from '../functions/control/control-table.ts';
import { GuardTable } from '../functions/control/guard-table.ts';
import { HeartbeatTable } from '../functions/control/heartbeat-table.ts';
import type { CliIo } from './cli-io.ts';
import { OperatorError } from './operator-error.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly region?: string;
  readonly table: string;
  readonly json: boolean;
}

/** The Region that a command works in. @throws OperatorError when neither the option nor the SDK's settings name one */
export const regionOf = async ({ region }: CommonOptions, io: CliIo): Promise<string> => {
  if (region !== undefined) return region;
  try {
    return await io.defaultRegion();
  } catch {
    throw OperatorError.usage('no Region is set: give --region, or set AWS_REGION');
  }
};

/** The Control table as the project's adapters see it, in the Region of one of its replicas. */
export const openControl = async (options: CommonOptions, io: CliIo) => {
  const region = await regionOf(options, io);
  const items = new ControlItems(io.runtime, { region, tableName: options.table });
  return {
    region,
    items,
    records: new ControlTable(items),
    heartbeats: new HeartbeatTable(items),
    guards: (scope: string) => new GuardTable(items, scope),
  };
};

export type Control = Awaited<ReturnType<typeof openControl>>;

const pairPrefix = 'PAIR#';

/** Scope of a pair's items. */
export const pairScope = (pair: string): string => `${pairPrefix}${pair}`;

/** The pair that a scope's items or approvals are of; undefined for scopes of something else. */
export const pairOfScope = (scope: string): string | undefined => {
  const prefix = [pairPrefix, approvalScope('')].find((each) => scope.startsWith(each));
  return prefix && scope.slice(prefix.length);
};
