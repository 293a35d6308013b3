import { DescribeBrokerCommand, MqClient } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { findBaseline } from '../../../../proofs/baseline/find-baseline.ts';
import { play } from '../../../../proofs/baseline/play.ts';
import { auditLostRegion, auditPromotions, type Violations } from '../../../../proofs/schedules/audit.ts';
import { auditWriters } from '../../../../proofs/schedules/audit-writers.ts';
import { east, west } from '../../../../testbed/orders.ts';
import type { Testbed } from '../../../../testbed/testbed.ts';

/** Violations of an undisturbed baseline, without their times and the names of the executions. */
const audited = async (
  machine: string,
  name: string,
  audit: (testbed: Testbed, violations: Violations) => void,
  spoil: (testbed: Testbed) => void = () => {},
): Promise<readonly string[]> => {
  const violations: Violations = [];
  await play(findBaseline(machine, name).baseline, {
    arm: (testbed) => {
      audit(testbed, violations);
      spoil(testbed);
    },
  });
  return violations.map((violation) => violation.replace(/^\S+ /, '').replace(/ [0-9a-f-]{36}: /, ' (run): '));
};

/** Somebody takes the lock at the instant of a call, which nothing in the project does. */
const stealLockAt =
  (wanted: string) =>
  (testbed: Testbed): void => {
    const { aws, clock } = testbed;
    const steal = async (): Promise<void> => {
      await testbed.operator.guards('PAIR#orders').acquire('a thief', 'theft', clock.nowMs(), ['switchover']);
    };
    aws.interceptCalls(({ service, operation }) => {
      if (`${service} ${operation}` === wanted) clock.spawn('thief', steal);
      return 'proceed';
    });
  };

describe('the audit of writers', () => {
  it('finds nothing wrong with a switchover, a repair and the end of a pair', async () => {
    expect(await audited('switchover', 'switches over', auditWriters)).toEqual([]);
    expect(await audited('reconcile', 'removes what the ledger proves processed', auditWriters)).toEqual([]);
    expect(await audited('unpair', 'unpairs and deletes the replica', auditWriters)).toEqual([]);
  });

  it('names a write of a run that does not hold the lock', async () => {
    expect(await audited('switchover', 'switches over', auditWriters, stealLockAt('ssm PutParameter'))).toEqual([
      `ssm PutParameter in ${west} by switchover (run): publish-endpoint: the lock is held by a thief`,
    ]);
  });

  it.each(['PAIR#orders', 'GLOBAL'])('names a write while %s is frozen', async (scope) => {
    const freeze = (testbed: Testbed): void => {
      const { aws, clock } = testbed;
      aws.interceptCalls(({ service, operation }) => {
        // Frozen an instant before: no guard of the project can have seen it.
        const freezing = { reason: 'audit', by: 'somebody', atMs: clock.nowMs() - 1 };
        if (`${service} ${operation}` === 'ssm PutParameter') {
          clock.spawn('somebody', async () => void (await testbed.operator.guards(scope).freeze(freezing)));
        }
        return 'proceed';
      });
    };
    const [violation, ...others] = await audited('switchover', 'switches over', auditWriters, freeze);
    expect(violation).toMatch(/^ssm PutParameter in us-west-2 by switchover \(run\): publish-endpoint: frozen since /);
    expect(others).toEqual([]);
  });

  it('names a write after the end of the lease', async () => {
    const expire = (testbed: Testbed): void => {
      testbed.observe({
        transition: ({ stateName, kind }) => {
          // A clock that lags behind by more than a lease writes leases that have ended.
          if (stateName === 'PromoteReplica' && kind === 'entered') testbed.setClock(west, -1_000_000);
        },
      });
    };
    const violations = await audited('switchover', 'switches over', auditWriters, expire);
    expect(violations[0]).toMatch(
      /^(?:mq|lambda|ssm) \w+ in us-west-2 by switchover \(run\): [\w/-]+: its lease has ended$/,
    );
  });
});

describe('the audit of promotions', () => {
  const promotions = (testbed: Testbed, violations: Violations) => auditPromotions(testbed, false, violations);

  it('finds nothing wrong with a switchover', async () => {
    expect(await audited('switchover', 'switches over', promotions)).toEqual([]);
  });

  it('names a promotion by a run that does not hold the lock', async () => {
    const violations = await audited('switchover', 'switches over', promotions, stealLockAt('mq Promote'));
    expect(violations).toEqual(['Promote by switchover (run): promote-replica: the lock is held by a thief']);
  });
});

describe('the audit of the lost Region', () => {
  it('finds nothing wrong with a failover', async () => {
    expect(await audited('failover', 'fails over', auditLostRegion)).toEqual([]);
  });

  it('names a call to it before the promotion, once', async () => {
    const ask = (testbed: Testbed): void => {
      const { clock } = testbed;
      const client = testbed.client(MqClient, east, west);
      clock.spawn('failover early: request-failover', async () => {
        const { brokerId } = testbed.broker('orders');
        for (let count = 0; count < 2; count++) await client.send(new DescribeBrokerCommand({ BrokerId: brokerId }));
      });
    };
    expect(await audited('failover', 'fails over', auditLostRegion, ask)).toEqual([
      `mq DescribeBroker by failover early: request-failover: asks ${east} before the promotion`,
    ]);
  });
});
