import { LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { pageTopicName } from '../../../../infra/names.ts';
import { createTestbed } from '../../../../proofs/baseline/baseline.ts';
import { settleEndedRuns } from '../../../../proofs/baseline/observations.ts';
import type { Violations } from '../../../../proofs/schedules/audit.ts';
import { auditEnds } from '../../../../proofs/schedules/audit-ends.ts';
import { auditEvidence } from '../../../../proofs/schedules/audit-evidence.ts';
import { auditNo } from '../../../../proofs/schedules/audit-no.ts';
import { auditPages } from '../../../../proofs/schedules/audit-pages.ts';
import { auditService } from '../../../../proofs/schedules/audit-service.ts';
import { calmTime } from '../../../../proofs/schedules/calm-time.ts';
import { east, west } from '../../../../testbed/orders.ts';
import type { Testbed } from '../../../../testbed/testbed.ts';

/** What the audits say of what `body` does to a pair; without the times and ids of the play. */
const audited = async (
  arm: (testbed: Testbed, violations: Violations) => void,
  body: (testbed: Testbed) => Promise<void>,
): Promise<readonly string[]> => {
  const testbed = await createTestbed({});
  const violations: Violations = [];
  await testbed.play(async () => {
    arm(testbed, violations);
    await body(testbed);
  });
  await testbed.close();
  return violations.map((text) => text.replace(/^\S+ /, '').replace(/\d\d:\d\d:\d\d\.\d+/g, 'then'));
};

const service = (testbed: Testbed, violations: Violations): void =>
  auditService(testbed, { calmMs: calmTime(testbed), watches: true, isOver: () => false }, violations);

const fence = ({ aws }: Testbed): void => {
  const [primary] = aws.brokers();
  const { brokerId = '', region = '', brokerName = '' } = primary ?? {};
  aws.faults.start({ id: `fence of ${brokerId}`, kind: 'clients-denied', region, brokerName });
};

describe('the audit of service', () => {
  it('finds nothing wrong with a pair that is left alone', async () => {
    expect(await audited(service, (testbed) => testbed.sleepSeconds(3_600))).toEqual([]);
  });

  it('names a primary that is fenced, once the time has passed in which nothing else is broken', async () => {
    const fenced = (calm: boolean) => async (testbed: Testbed) => {
      fence(testbed);
      if (!calm) testbed.aws.faults.start({ kind: 'ledger-lag' });
      await testbed.sleepSeconds(400);
    };
    expect(await audited(service, fenced(true))).toEqual([
      'the primary in us-east-1 has been fenced since then [fence]',
    ]);
    expect(await audited(service, fenced(false))).toEqual([]);
  });

  it('names consumers that are held, and a time without service, unless a page says so', async () => {
    const hold = async (testbed: Testbed) => {
      const { cutover } = testbed.deployedPair('orders');
      const { holdMappings } = cutover as { readonly holdMappings: Readonly<Record<string, readonly string[]>> };
      const [UUID] = holdMappings[east] ?? [];
      await testbed.client(LambdaClient, east).send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
      await testbed.sleepSeconds(1_200);
    };
    expect(await audited(service, hold)).toEqual([
      'the consumers of us-east-1 have been held since then, and no page says so [hold]',
    ]);
    const stop = async (testbed: Testbed) => {
      testbed.broker('orders').dataPlane.powerOff();
      await testbed.sleepSeconds(800);
    };
    expect(await audited(service, stop)).toEqual(['no broker has served since then, and nobody was paged [dark]']);
  });
});

describe('the audits of automatic promotions', () => {
  /** An automatic run that the guards have refused promotes all the same. */
  const promoteAnyway = async (testbed: Testbed, before: () => Promise<void>): Promise<void> => {
    const input = { pair: 'orders', reason: 'test', acceptDataLoss: true, automatic: true };
    await testbed.end(await testbed.start('failover', west, input, 'forced'));
    await before();
    await testbed.sleepSeconds(60);
    testbed.clock.spawn('failover forced: request-failover', async () => {
      const { brokerId: BrokerId } = testbed.broker('orders-replica');
      await testbed.client(MqClient, west).send(new PromoteCommand({ BrokerId, Mode: 'FAILOVER' }));
    });
    await testbed.sleepSeconds(60);
  };

  it('name one that goes against a fresh heartbeat', async () => {
    const beat = (testbed: Testbed) => promoteAnyway(testbed, () => testbed.invokeAsEvent('write-heartbeat', east, {}));
    expect(await audited(auditEvidence, beat)).toEqual([
      expect.stringMatching(/^Promote by failover forced: .* said 60 s before that it serves \[evidence\]$/),
    ]);
    expect(await audited(auditEvidence, (testbed) => promoteAnyway(testbed, async () => {}))).toEqual([]);
  });

  it("name one after a person's no, and one in a protected window", async () => {
    const deny = (resumed: boolean) => async (): Promise<readonly string[]> => {
      let word: ReturnType<typeof auditNo> | undefined;
      return await audited(
        (testbed, violations) => {
          const plan = { protectedWindow: null, escalation: { mode: 'ask' } } as const;
          word = auditNo(testbed, plan, testbed.clock.nowMs(), violations);
        },
        (testbed) =>
          promoteAnyway(testbed, async () => {
            word?.denied();
            if (resumed) word?.resumed();
          }),
      );
    };
    expect(await deny(false)()).toEqual([
      'Promote by failover forced: request-failover: since then, a person denied a failover [no]',
    ]);
    expect(await deny(true)()).toEqual([]);
    const inWindow = await audited(
      (testbed, violations) => {
        const plan = { protectedWindow: { fromSeconds: 0, minutes: 15 }, escalation: { mode: 'never' } } as const;
        auditNo(testbed, plan, testbed.clock.nowMs(), violations);
      },
      (testbed) => promoteAnyway(testbed, async () => {}),
    );
    expect(inWindow).toEqual([
      'Promote by failover forced: request-failover: in a protected window for automatic runs [no]',
    ]);
  });
});

describe('the audit of ends', () => {
  it('names a failover that took effect after its end, unless a page says so', async () => {
    const failover = (settles: boolean) => async (testbed: Testbed) => {
      if (settles) settleEndedRuns(testbed);
      const caller = '*: request-failover*';
      testbed.aws.faults.start({ kind: 'late-caller', delayMs: 16_000, operation: 'GetItem', caller });
      const input = { pair: 'orders', reason: 'test', acceptDataLoss: true };
      expect((await testbed.run('failover', west, input)).status).toBe('FAILED');
      testbed.aws.faults.stopAll();
      await testbed.sleepSeconds(900);
    };
    const arm = (testbed: Testbed, violations: Violations) => auditEnds(testbed, calmTime(testbed), violations);
    expect(await audited(arm, failover(false))).toEqual([
      'failover ended at then as FAILED and keeps intent 1, issued [end]',
    ]);
    expect(await audited(arm, failover(true))).toEqual([]);
  });

  it('names a run that keeps the lock after its end', async () => {
    const arm = (testbed: Testbed, violations: Violations) => {
      testbed.observe({
        statusChange: ({ detail: { status, executionArn } }) => {
          if (status === 'RUNNING') return;
          testbed.clock.spawn('keeper', async () => {
            await testbed.operator.guards('PAIR#orders').acquire(executionArn, 'switchover', testbed.clock.nowMs());
          });
        },
      });
      auditEnds(testbed, calmTime(testbed), violations);
    };
    const keep = async (testbed: Testbed) => {
      await testbed.run('switchover', east, { pair: 'orders', reason: 'test', targetRegion: east });
      await testbed.sleepSeconds(700);
    };
    expect(await audited(arm, keep)).toEqual([
      'switchover ended at then as SUCCEEDED and keeps the lock PAIR#orders [end]',
    ]);
  });
});

describe('the audit of pages', () => {
  const page = (Subject: string) => async (testbed: Testbed) => {
    const TopicArn = `arn:aws:sns:${east}:${testbed.aws.accountId}:${pageTopicName}`;
    await testbed.client(SNSClient, east).send(new PublishCommand({ TopicArn, Subject, Message: 'm' }));
  };

  it.each([
    ['mq-dr ACT NOW: orders has two primaries', 'two primaries is not true [page]'],
    [
      `mq-dr ACT NOW: old primary of orders in ${east} is not fenced (hook-failed)`,
      'the old primary is not fenced is not true [page]',
    ],
  ])('names one that is not true: %s', async (subject, what) => {
    expect(await audited(auditPages, page(subject))).toEqual([`page "${subject}" from ${east}: ${what}`]);
  });

  it('leaves one alone that is', async () => {
    const subject = `mq-dr ACT NOW: old primary of orders in ${west} is not fenced (hook-failed)`;
    expect(await audited(auditPages, page(subject))).toEqual([]);
  });
});
