import { failoverSettleMs } from '../../functions/promotion/request-failover.ts';
import { tookEffect } from '../../simulator/api/api-call.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { lineageOf } from './lineage.ts';
import { onPromotion } from './promotions.ts';
import { isOverridden } from './run-input.ts';

/** What went wrong; nothing may. */
export type Violations = string[];

export const timeOf = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);

/** Checks, at the instant of every promotion that Amazon MQ accepts, who holds the lock and what is frozen. */
export const auditPromotions = (testbed: Testbed, mayBeStuck: boolean, violations: Violations): void => {
  const { operator } = testbed;
  const promotions = new Map<string, number>();
  let previous: { readonly request: string; readonly atMs: number; readonly roleChanges: number } | undefined;
  const roles = new Map<string, string>();
  let roleChanges = 0;
  testbed.observe({
    brokerChange: ({ brokerId, role }) => {
      if (roles.get(brokerId) !== role) roleChanges += 1;
      roles.set(brokerId, role);
    },
  });
  onPromotion(testbed, async ({ atMs, caller, request, executionArn }) => {
    const wrong = (what: string): void => {
      violations.push(`${timeOf(atMs)} Promote by ${caller}: ${what}`);
    };
    // Somebody in the console asks nobody, and a person's override leaves the table alone.
    if (executionArn === undefined || isOverridden(testbed, executionArn)) {
      previous = undefined;
      return;
    }
    // Whoever lost the answer must first see by the roles that the call had no effect, and only a fault lets it have none.
    if (previous?.request === request && previous.roleChanges === roleChanges) {
      if (!mayBeStuck || atMs - previous.atMs < failoverSettleMs) wrong('the same again, with nothing in between');
    }
    previous = { request, atMs, roleChanges };
    const guards = await operator.guards('PAIR#orders').read();
    const intent = await operator.records.readIntent('orders', 'Promote');
    if (intent === undefined) return wrong('without an intent');
    const count = (promotions.get(intent.decision) ?? 0) + 1;
    promotions.set(intent.decision, count);
    if (count > 1) wrong(`number ${count} for the decision of intent ${intent.sequence}`);
    // The lock and the intent are the call's own execution's, or that of one that waits for it; runs promote at home.
    const lineage = lineageOf(testbed, executionArn);
    if (!lineage.includes(intent.executionArn)) wrong(`the open intent is of ${intent.executionArn}`);
    if (!guards.known) return wrong(guards.reason);
    const { lock, freeze, globalFreeze } = guards;
    if (lock?.owner !== intent.executionArn) wrong(`the lock is held by ${lock?.owner ?? 'nobody'}`);
    if (lock !== undefined && lock.expiresAtMs <= atMs) wrong('the lease has ended');
    for (const frozen of [freeze, globalFreeze]) {
      if (frozen !== undefined && frozen.atMs < atMs) wrong(`frozen since ${timeOf(frozen.atMs)}`);
    }
  });
};

/** A failover asks the other Region nothing before it has promoted: that Region may be lost. */
export const auditLostRegion = (testbed: Testbed, violations: Violations): void => {
  const promoted = new Set<string>();
  const reported = new Set<string>();
  testbed.aws.onApiCall(({ caller, region, attemptedByRegion, service, operation, outcome, atMs }) => {
    const run = /^failover ([^:]+): /.exec(caller ?? '')?.[1];
    if (run === undefined || promoted.has(run)) return;
    if (service === 'mq' && operation === 'Promote' && tookEffect({ outcome })) promoted.add(run);
    const counterpart = attemptedByRegion === east ? west : east;
    if (region !== counterpart || reported.has(run)) return;
    reported.add(run);
    violations.push(`${timeOf(atMs)} ${service} ${operation} by ${caller}: asks ${region} before the promotion`);
  });
};
