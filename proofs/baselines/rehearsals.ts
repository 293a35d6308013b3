import type { Rehearsal } from '../baseline/rehearsal.ts';
import { createReplicaRehearsals } from './create-replica.ts';
import { failbackRehearsals } from './failback.ts';
import { failoverRehearsals } from './failover.ts';
import { policyDriftRehearsals } from './policy-drift.ts';
import { readinessRehearsals } from './readiness.ts';
import { reconcileRehearsals } from './reconcile.ts';
import { settleRunRehearsals } from './settle-run.ts';
import { switchoverRehearsals } from './switchover.ts';
import { unpairRehearsals } from './unpair.ts';
import { watchRehearsals } from './watch.ts';

/** Every rehearsal. A machine of the deployment without one fails the proofs, and so does a Task that none reaches. */
export const rehearsals: readonly Rehearsal[] = [
  ...createReplicaRehearsals,
  ...switchoverRehearsals,
  ...failoverRehearsals,
  ...failbackRehearsals,
  ...reconcileRehearsals,
  ...unpairRehearsals,
  ...readinessRehearsals,
  ...watchRehearsals,
  ...settleRunRehearsals,
  ...policyDriftRehearsals,
];
