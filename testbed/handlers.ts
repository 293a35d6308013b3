import type { Context } from 'aws-lambda';

/** A deployed function's entry, as Lambda would call it. */
export type LambdaHandler = (event: unknown, context: Context) => Promise<unknown>;

/** Loads the handler of every deployed function; written out, so that bundlers and test runners see the imports. */
const loaders = {
  'assess-eligibility': () => import('../functions/replica/assess-eligibility.handler.ts'),
  'create-replica-broker': () => import('../functions/replica/create-replica-broker.handler.ts'),
  'observe-creation': () => import('../functions/replica/observe-creation.handler.ts'),
  'assess-reboot': () => import('../functions/replica/assess-reboot.handler.ts'),
  'reboot-primary': () => import('../functions/replica/reboot-primary.handler.ts'),
  'observe-pairing': () => import('../functions/replica/observe-pairing.handler.ts'),
  'prove-replication': () => import('../functions/replica/prove-replication.handler.ts'),
  'record-pair': () => import('../functions/replica/record-pair.handler.ts'),
  'assess-unpair': () => import('../functions/replica/assess-unpair.handler.ts'),
  'unpair-primary': () => import('../functions/replica/unpair-primary.handler.ts'),
  'observe-unpairing': () => import('../functions/replica/observe-unpairing.handler.ts'),
  'delete-replica': () => import('../functions/replica/delete-replica.handler.ts'),
  'forget-pair': () => import('../functions/replica/forget-pair.handler.ts'),
  'list-pairs': () => import('../functions/readiness/list-pairs.handler.ts'),
  'evaluate-readiness': () => import('../functions/readiness/evaluate-readiness.handler.ts'),
  'assess-switchover': () => import('../functions/promotion/assess-switchover.handler.ts'),
  'promote-replica': () => import('../functions/promotion/promote-replica.handler.ts'),
  'observe-switchover': () => import('../functions/promotion/observe-switchover.handler.ts'),
  'settle-switchover': () => import('../functions/promotion/settle-switchover.handler.ts'),
  'assess-failover': () => import('../functions/promotion/assess-failover.handler.ts'),
  'request-failover': () => import('../functions/promotion/request-failover.handler.ts'),
  'observe-failover': () => import('../functions/promotion/observe-failover.handler.ts'),
  'assess-failback': () => import('../functions/promotion/assess-failback.handler.ts'),
  'record-epoch': () => import('../functions/promotion/record-epoch.handler.ts'),
  'settle-failover': () => import('../functions/promotion/settle-failover.handler.ts'),
  'hold-consumers': () => import('../functions/cutover/hold-consumers.handler.ts'),
  'release-consumers': () => import('../functions/cutover/release-consumers.handler.ts'),
  'publish-endpoint': () => import('../functions/cutover/publish-endpoint.handler.ts'),
  'record-fence': () => import('../functions/cutover/record-fence.handler.ts'),
  'undo-fencing': () => import('../functions/cutover/undo-fencing.handler.ts'),
  'enforce-fencing': () => import('../functions/cutover/enforce-fencing.handler.ts'),
  'assess-reconcile': () => import('../functions/reconciliation/assess-reconcile.handler.ts'),
  'discover-queues': () => import('../functions/reconciliation/discover-queues.handler.ts'),
  'scan-queues': () => import('../functions/reconciliation/scan-queues.handler.ts'),
  'seal-manifest': () => import('../functions/reconciliation/seal-manifest.handler.ts'),
  'repair-queues': () => import('../functions/reconciliation/repair-queues.handler.ts'),
  'record-reconciliation': () => import('../functions/reconciliation/record-reconciliation.handler.ts'),
  'acquire-lock': () => import('../functions/runs/acquire-lock.handler.ts'),
  'release-lock': () => import('../functions/runs/release-lock.handler.ts'),
  'report-stall': () => import('../functions/promotion/report-stall.handler.ts'),
  'assess-drift': () => import('../functions/policy-drift/assess-drift.handler.ts'),
  'apply-policy-change': () => import('../functions/policy-drift/apply-policy-change.handler.ts'),
  'observe-policy-change': () => import('../functions/policy-drift/observe-policy-change.handler.ts'),
  'record-drift': () => import('../functions/policy-drift/record-drift.handler.ts'),
  'release-cluster': () => import('../functions/policy-drift/release-cluster.handler.ts'),
  'receive-drift-event': () => import('../functions/policy-drift/receive-drift-event.handler.ts'),
  'request-approval': () => import('../functions/runs/request-approval.handler.ts'),
  'check-approval': () => import('../functions/runs/check-approval.handler.ts'),
  'report-failure': () => import('../functions/runs/report-failure.handler.ts'),
  'write-heartbeat': () => import('../functions/watch/write-heartbeat.handler.ts'),
  'receive-event': () => import('../functions/watch/receive-event.handler.ts'),
  'take-watch': () => import('../functions/watch/take-watch.handler.ts'),
  'evaluate-signals': () => import('../functions/watch/evaluate-signals.handler.ts'),
  'report-watch': () => import('../functions/watch/report-watch.handler.ts'),
  'release-watch': () => import('../functions/watch/release-watch.handler.ts'),
  'settle-run': () => import('../functions/runs/settle-run.handler.ts'),
  'settle-open-promotion': () => import('../functions/promotion/settle-open-promotion.handler.ts'),
} as const;

/** The handlers of all deployed functions by name. */
export const loadHandlers = async (): Promise<ReadonlyMap<string, LambdaHandler>> => {
  const handlers = new Map<string, LambdaHandler>();
  for (const [name, load] of Object.entries(loaders)) {
    const { handler } = await load();
    // middy's own type also allows callbacks; called with an event and a context, it answers with a promise.
    handlers.set(name, async (event, context) => await handler(event, context));
  }
  return handlers;
};
