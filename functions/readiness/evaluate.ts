import type { Finding } from '../runtime/finding.ts';
import type { Check, CheckResult } from './check.ts';
import {
  checkConfigurations,
  checkMessageSettings,
  checkMirroredQueues,
  checkOtherSettings,
  checkPaging,
  checkRedelivery,
  checkScheduler,
  checkVirtualDestinations,
} from './configuration-checks.ts';
import {
  checkAlarms,
  checkClocks,
  checkControl,
  checkGameDay,
  checkGuards,
  checkHeartbeats,
  checkMaintenanceWindows,
  checkSecrets,
  checkStores,
} from './operation-checks.ts';
import { checkEngineVersion, checkInstances, checkReplicationUser, checkUsers } from './parity-checks.ts';
import { checkReachability } from './reachability-check.ts';
import type { ReadinessFacts } from './readiness-facts.ts';
import { checkConsumers, checkLedger, checkReconciliationSecrets } from './reconciliation-checks.ts';
import { checkReplication } from './replication-check.ts';
import {
  checkActionsRequired,
  checkBrokers,
  checkPendingChanges,
  checkPendingReplication,
  checkRoles,
  checkStates,
} from './topology-checks.ts';

/** Every check by the name under which its result is shown, in the order of the report. */
export const checks: Readonly<Record<string, Check>> = {
  'control table': checkControl,
  guards: checkGuards,
  brokers: checkBrokers,
  roles: checkRoles,
  states: checkStates,
  'pending replication': checkPendingReplication,
  'pending changes': checkPendingChanges,
  'actions required': checkActionsRequired,
  'primary reachable': checkReachability,
  replication: checkReplication,
  'engine version': checkEngineVersion,
  instances: checkInstances,
  users: checkUsers,
  'replication user': checkReplicationUser,
  configurations: checkConfigurations,
  scheduler: checkScheduler,
  'mirrored queues': checkMirroredQueues,
  'virtual destinations': checkVirtualDestinations,
  paging: checkPaging,
  redelivery: checkRedelivery,
  'other settings': checkOtherSettings,
  'message settings': checkMessageSettings,
  heartbeats: checkHeartbeats,
  clocks: checkClocks,
  alarms: checkAlarms,
  'maintenance windows': checkMaintenanceWindows,
  stores: checkStores,
  secrets: checkSecrets,
  'game day': checkGameDay,
  consumers: checkConsumers,
  ledger: checkLedger,
  'reconciliation secrets': checkReconciliationSecrets,
};

/** A check's result under the check's name. */
export type NamedResult = CheckResult & { readonly check: string };

/** What all checks say together. */
export interface Evaluation {
  /** `ready` unless there is a blocker. */
  readonly verdict: 'ready' | 'not-ready';
  readonly blockers: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Every result with its evidence, in the order of the checks. */
  readonly results: readonly NamedResult[];
}

/** Runs every check over the facts. */
export const evaluateReadiness = (facts: ReadinessFacts): Evaluation => {
  const results = Object.entries(checks).flatMap(([check, judge]) =>
    judge(facts).map((result): NamedResult => ({ check, ...result })),
  );
  const at = (wanted: CheckResult['level']): readonly Finding[] =>
    results.filter(({ level }) => level === wanted).map(({ code, message, evidence }) => ({ code, message, evidence }));
  const blockers = at('blocker');
  return { verdict: blockers.length > 0 ? 'not-ready' : 'ready', blockers, warnings: at('warning'), results };
};
