import type { Context } from 'aws-lambda';

/** A deployed function's entry, as Lambda would call it. */
export type LambdaHandler = (event: unknown, context: Context) => Promise<unknown>;

/** Loads the handler of every deployed function; written out, so that bundlers and test runners see the imports. */
const loaders = {
  'assess-eligibility': () => import('../../functions/replica/assess-eligibility.handler.ts'),
  'create-replica-broker': () => import('../../functions/replica/create-replica-broker.handler.ts'),
  'observe-creation': () => import('../../functions/replica/observe-creation.handler.ts'),
  'assess-reboot': () => import('../../functions/replica/assess-reboot.handler.ts'),
  'reboot-primary': () => import('../../functions/replica/reboot-primary.handler.ts'),
  'observe-pairing': () => import('../../functions/replica/observe-pairing.handler.ts'),
  'prove-replication': () => import('../../functions/replica/prove-replication.handler.ts'),
  'record-pair': () => import('../../functions/replica/record-pair.handler.ts'),
  'assess-switchover': () => import('../../functions/promotion/assess-switchover.handler.ts'),
  'promote-replica': () => import('../../functions/promotion/promote-replica.handler.ts'),
  'observe-switchover': () => import('../../functions/promotion/observe-switchover.handler.ts'),
  'settle-switchover': () => import('../../functions/promotion/settle-switchover.handler.ts'),
  'report-stall': () => import('../../functions/promotion/report-stall.handler.ts'),
  'request-approval': () => import('../../functions/runs/request-approval.handler.ts'),
  'check-approval': () => import('../../functions/runs/check-approval.handler.ts'),
  'report-failure': () => import('../../functions/runs/report-failure.handler.ts'),
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
