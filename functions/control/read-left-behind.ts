import { ServiceUnavailable } from '../runtime/errors.ts';
import type { ControlItems } from './control-items.ts';
import { clusterScope, pairScope, watchScope } from './control-scopes.ts';
import { ControlTable } from './control-table.ts';
import { GuardTable } from './guard-table.ts';
import { HoldTable } from './hold-table.ts';
import { isOpen } from './intent.ts';
import type { LeftBehind, RunSubject } from './left-behind.ts';

/**
 * Reads what a run has left behind in the Control table.
 *
 * @param region the Region that it ran in: it holds no consumers elsewhere
 * @throws ServiceUnavailable, AccessDenied, UnexpectedAnswer
 */
export const readLeftBehind = async (
  items: ControlItems,
  executionArn: string,
  { pair, cluster }: RunSubject,
  region: string,
): Promise<LeftBehind> => {
  const scopes = [
    ...(pair === undefined ? [] : [pairScope(pair), watchScope(pair)]),
    ...(cluster === undefined ? [] : [clusterScope(cluster)]),
  ];
  const lockedScopes: string[] = [];
  for (const scope of scopes) {
    const reading = await new GuardTable(items, scope).read();
    if (!reading.known) throw new ServiceUnavailable(`the lock of ${scope} cannot be read: ${reading.reason}`);
    if (reading.lock?.owner === executionArn) lockedScopes.push(scope);
  }
  const newest = pair === undefined ? undefined : await new ControlTable(items).readIntent(pair, 'Promote');
  const hold = pair === undefined ? undefined : await new HoldTable(items).read(pair, region);
  return {
    lockedScopes,
    promotion: isOpen(newest) && newest.executionArn === executionArn ? newest : undefined,
    hold: hold?.executionArn === executionArn ? hold : undefined,
  };
};
