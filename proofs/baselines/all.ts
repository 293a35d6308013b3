import type { Baseline } from '../baseline/baseline.ts';
import { createReplicaBaselines } from './create-replica.ts';
import { failbackBaselines } from './failback.ts';
import { failoverBaselines } from './failover.ts';
import { policyDriftBaselines } from './policy-drift.ts';
import { readinessBaselines } from './readiness.ts';
import { reconcileBaselines } from './reconcile.ts';
import { settleRunBaselines } from './settle-run.ts';
import { switchoverBaselines } from './switchover.ts';
import { unpairBaselines } from './unpair.ts';
import { watchBaselines } from './watch.ts';

/** Every baseline. A machine of the deployment without one fails the checks, and so does a Task that none reaches. */
export const baselines: readonly Baseline[] = [
  ...createReplicaBaselines,
  ...switchoverBaselines,
  ...failoverBaselines,
  ...failbackBaselines,
  ...reconcileBaselines,
  ...unpairBaselines,
  ...readinessBaselines,
  ...watchBaselines,
  ...settleRunBaselines,
  ...policyDriftBaselines,
];
