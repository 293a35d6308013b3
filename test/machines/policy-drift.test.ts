import { describe, expect, it } from 'vitest';
import type { Testbed } from '../../testbed/testbed.ts';
import {
  codesIn,
  createDriftTestbed,
  drift,
  eventsBrokerId,
  mirrored,
  oneDrift,
  policyWrites,
} from '../support/drift-testbed.ts';

const codes = (end: { readonly output: Readonly<Record<string, unknown>> | undefined }, list: string) =>
  codesIn(end.output?.[list]);

/** The stored definition of a user policy. */
const definitionOf = (testbed: Testbed, name: string, vhost = '/') =>
  testbed.cluster('events').policies.find((policy) => policy.vhost === vhost && policy.name === name)?.definition;

describe('policy-drift, looking', () => {
  it('reports what drifts, tells people once, and writes nothing', async () => {
    const testbed = await createDriftTestbed(oneDrift);
    await testbed.play(async () => {
      const end = await drift(testbed, 'report');
      expect(end.output).toMatchObject({ outcome: 'Drifted', drift: { findings: 1, remaining: 1, remediated: 0 } });
      expect(codes(end, 'findings')).toEqual(['HA_MISSING']);
      await drift(testbed, 'report');
      expect(testbed.aws.notifications()).toMatchObject([{ subject: 'mq-dr ACT TODAY: policy findings in events: 1' }]);
      expect(policyWrites(testbed)).toEqual([]);
    });
  });

  it('counts the findings at each look, since an alarm takes silence for a cluster that nobody looks at', async () => {
    const testbed = await createDriftTestbed(oneDrift);
    const counted: unknown[] = [];
    testbed.observe({
      log: ({ fields }) => {
        if ('PolicyDriftFindings' in fields) counted.push([fields.Cluster, fields.PolicyDriftFindings]);
      },
    });
    await testbed.play(async () => {
      await drift(testbed, 'report');
      await drift(testbed, 'report');
      await drift(testbed, 'report', { dryRun: true });
    });
    expect(counted).toEqual([
      ['events', 1],
      ['events', 1],
    ]);
  });

  it('ends with what fits when names are long and findings many', async () => {
    const long = (name: string): string => `${name}-${'"'.repeat(240)}`;
    const tied = Array.from({ length: 240 }, (_unused, at) => ({
      name: long(`p${at}`),
      pattern: '^tie',
      definition: { ...mirrored, 'max-length': at + 1 },
      priority: 4,
    }));
    const differing = Array.from({ length: 240 }, (_unused, at) => ({
      name: long(`d${at}`),
      pattern: `^${'x'.repeat(900)}${at}`,
      definition: { 'max-length': at + 1, 'dead-letter-routing-key': 'k'.repeat(3_000) },
      priority: 9,
    }));
    const testbed = await createDriftTestbed({
      version: '3.10.20',
      policies: [...tied, ...differing],
      queues: Array.from({ length: 60 }, (_unused, at) => ({ name: `tie-${at}-${'ü'.repeat(100)}` })),
    });
    await testbed.play(async () => {
      for (const mode of ['report', 'remediate']) {
        const end = await drift(testbed, mode);
        expect(end.status).toBe('SUCCEEDED');
        const { remaining } = (end.output?.drift ?? {}) as { readonly remaining?: number };
        expect(remaining).toBeGreaterThan(240);
        expect(Buffer.byteLength(JSON.stringify(end.output))).toBeLessThan(200_000);
      }
      const [page] = testbed.aws.notifications();
      expect(Buffer.byteLength(page?.message ?? '')).toBeLessThan(20_000);
    });
  });

  it('finds nothing in a cluster that is as the service wants it', async () => {
    const testbed = await createDriftTestbed({
      version: '3.13.7',
      queues: [{ name: 'orders' }, { name: 'q', type: 'quorum' }],
    });
    await testbed.play(async () => {
      expect((await drift(testbed, 'remediate')).output).toMatchObject({ outcome: 'InSync', findings: [] });
      expect(policyWrites(testbed)).toEqual([]);
    });
  });

  it('reads the same eight things whatever the number of virtual hosts', async () => {
    const vhosts = Array.from({ length: 40 }, (_unused, index) => `tenant-${index}`);
    const testbed = await createDriftTestbed({ version: '3.13.7', vhosts });
    await testbed.play(async () => {
      await drift(testbed, 'report');
      const reads = testbed.calls.filter(({ service }) => service === 'rabbitmq');
      // Once to assess, once to record.
      expect(reads.length).toBe(16);
    });
  });

  it('lists the writes of a dry run in their order and makes none', async () => {
    const testbed = await createDriftTestbed(oneDrift);
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate', { dryRun: true });
      expect(end.output).toMatchObject({
        outcome: 'DryRun',
        plannedWrites: [{ service: 'rabbitmq', operation: 'PutPolicy', request: { name: 'orders' } }],
      });
      expect(policyWrites(testbed)).toEqual([]);
      expect(testbed.calls.filter(({ operation }) => /^(Put|Update|Delete)/.test(operation))).toEqual([]);
    });
  });

  it('ends by name for a cluster that is not configured, and for an unknown field', async () => {
    const testbed = await createDriftTestbed(oneDrift);
    await testbed.play(async () => {
      const unknown = await drift(testbed, 'report', { cluster: 'event' });
      expect(unknown).toMatchObject({
        status: 'FAILED',
        error: 'NotFound',
        cause: expect.stringContaining('events'),
      });
      const field = await drift(testbed, 'report', { mod: 'x' });
      expect(field).toMatchObject({ status: 'FAILED', error: 'InvalidInput', cause: expect.stringContaining('mod') });
    });
  });

  it('refuses a version that has no profile', async () => {
    const testbed = await createDriftTestbed({ ...oneDrift, version: '5.0.0', awsPolicies: false });
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(end.output).toMatchObject({ outcome: 'Refused' });
      expect(codes(end, 'refused')).toEqual(['VERSION_UNKNOWN']);
    });
  });

  it.each([
    [{ kind: 'error', code: 'not_authorised', statusCode: 401 }, 'AccessDenied'],
    [{ kind: 'malformed-answer' }, 'UnexpectedAnswer'],
    [{ kind: 'server-error' }, 'ServiceUnavailable'],
    [{ kind: 'slow-answer', delayMs: 60_000 }, 'ServiceUnavailable'],
  ] as const)('ends by name when the management API answers with %o', async (fault, error) => {
    const testbed = await createDriftTestbed(oneDrift);
    testbed.aws.faults.start({ ...fault, service: 'rabbitmq' });
    await testbed.play(async () => {
      expect(await drift(testbed, 'remediate')).toMatchObject({ status: 'FAILED', error });
      expect(policyWrites(testbed)).toEqual([]);
    });
  });
});

describe('policy-drift, putting right', () => {
  it('writes, reads back, waits until the mirrors are in sync, and changes nothing the second time', async () => {
    const testbed = await createDriftTestbed({
      ...oneDrift,
      queues: [{ name: 'orders.placed', messages: 9_000 }],
      syncPerSecond: 100,
    });
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(end.output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 1, remaining: 0 } });
      // 9,000 messages at 100 a second take 90 s, and a look comes every 15 s.
      expect(end.states.filter((state) => state === 'ObservePolicyChange').length).toBeGreaterThan(5);
      const [queue] = testbed.cluster('events').queues;
      expect(queue).toMatchObject({ state: 'running', synchronised_slave_nodes: { length: 2 } });
      expect(definitionOf(testbed, 'orders')).toEqual({ 'max-length': 1_000, ...mirrored });
      expect((await drift(testbed, 'remediate')).output).toMatchObject({ outcome: 'InSync' });
      expect(policyWrites(testbed)).toEqual(['PUT orders ok']);
    });
  });

  it('writes the replacement before it removes what it replaces', async () => {
    const declared = { vhost: '/', name: 'wanted', pattern: '^orders', definition: { 'max-length': 500 }, priority: 3 };
    const testbed = await createDriftTestbed(
      {
        version: '3.10.20',
        queues: [{ name: 'orders' }],
        policies: [{ name: 'shadow', pattern: '^orders', definition: { ...mirrored }, priority: 9 }],
      },
      { policies: [declared], undeclared: 'remove', limits: { maxPercent: 100 } },
    );
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(end.output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 2, remaining: 0 } });
      expect(policyWrites(testbed)).toEqual(['PUT wanted ok', 'DELETE shadow ok']);
    });
  });

  it('rolls the newest changes back under the same rules, and refuses what would cost copies', async () => {
    const settings = {
      policies: [{ vhost: '/', name: 'limit', pattern: '^orders', definition: { 'max-length': 500 }, priority: 9 }],
    };
    const testbed = await createDriftTestbed({ version: '3.13.7', queues: [{ name: 'orders' }] }, settings);
    await testbed.play(async () => {
      expect((await drift(testbed, 'remediate')).output).toMatchObject({ outcome: 'Remediated' });
      const back = await drift(testbed, 'rollback');
      expect(back.output).toMatchObject({
        outcome: 'RolledBack',
        changes: [{ policy: 'limit', because: 'ROLLBACK', did: 'deleted' }],
      });
      expect(policyWrites(testbed)).toEqual(['PUT limit ok', 'DELETE limit ok']);
    });
    const bare = await createDriftTestbed(oneDrift);
    await bare.play(async () => {
      await drift(bare, 'remediate');
      const back = await drift(bare, 'rollback');
      expect(codes(back, 'refused')).toEqual(['WOULD_LOWER_COPIES']);
      expect(policyWrites(bare)).toEqual(['PUT orders ok']);
      expect(await drift(bare, 'rollback', { rollbackRun: 'none' })).toMatchObject({ error: 'NotFound' });
    });
  });

  it('postpones a change that would block a deep queue, and makes it once the queue is short', async () => {
    const testbed = await createDriftTestbed({ ...oneDrift, queues: [{ name: 'orders.placed', messages: 50_000 }] });
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(codes(end, 'postponed')).toEqual(['DEEP_QUEUE']);
      expect(policyWrites(testbed)).toEqual([]);
      testbed.cluster('events').setMessages('/', 'orders.placed', 10);
      expect((await drift(testbed, 'remediate')).output).toMatchObject({ outcome: 'Remediated' });
    });
  });

  it('waits for the service to recreate its policy, and says so when it does not', async () => {
    const testbed = await createDriftTestbed({ version: '3.13.7', queues: [{ name: 'orders' }] });
    await testbed.play(async () => {
      testbed.cluster('events').deletePolicy('/', 'ha-all-AWS-OWNED-DO-NOT-DELETE');
      const end = await drift(testbed, 'remediate');
      expect(end.output).toMatchObject({ outcome: 'InSync' });
      expect(end.states.filter((state) => state === 'WaitForService').length).toBe(2);
    });
    const forsaken = await createDriftTestbed({ version: '3.13.7', repairs: { recreatesSystemPolicy: false } });
    await forsaken.play(async () => {
      forsaken.cluster('events').deletePolicy('/', 'ha-all-AWS-OWNED-DO-NOT-DELETE');
      const end = await drift(forsaken, 'remediate');
      expect(codes(end, 'findings')).toEqual(['AWS_POLICY_NOT_RECREATED']);
      expect(end.output).toMatchObject({ drift: { untouchedAwsOwned: 4 } });
      expect(policyWrites(forsaken)).toEqual([]);
    });
  });
});

describe('policy-drift, held back', () => {
  it.each<[string, string, (testbed: Testbed) => void]>([
    ['a node is down', 'NODE_DOWN', (testbed) => testbed.cluster('events').setNode(3, false)],
    ['a node has a memory alarm', 'MEMORY_ALARM', (testbed) => testbed.cluster('events').setAlarm(2, 'memory', true)],
    ['a node has a disk alarm', 'DISK_ALARM', (testbed) => testbed.cluster('events').setAlarm(1, 'disk', true)],
    ['the nodes are parted', 'PARTITION', (testbed) => testbed.cluster('events').setPartition([1, 2])],
    [
      'the service requires action',
      'ACTION_REQUIRED',
      (testbed) =>
        testbed.aws.amendBroker(eventsBrokerId(testbed), {
          actionsRequired: [{ actionRequiredCode: 'RABBITMQ_MEMORY_ALARM', actionRequiredInfo: '' }],
        }),
    ],
  ])('writes nothing while %s', async (_name, code, spoil) => {
    const testbed = await createDriftTestbed(oneDrift);
    await testbed.play(async () => {
      spoil(testbed);
      const end = await drift(testbed, 'remediate');
      expect(end.output).toMatchObject({ outcome: 'Refused', drift: { remediated: 0, refused: 1 } });
      expect(codes(end, 'refused')).toContain(code);
      expect(policyWrites(testbed)).toEqual([]);
    });
  });

  it('resumes when the node is back', async () => {
    const testbed = await createDriftTestbed(oneDrift);
    await testbed.play(async () => {
      testbed.cluster('events').setNode(3, false);
      await drift(testbed, 'remediate');
      testbed.cluster('events').setNode(3, true);
      expect((await drift(testbed, 'remediate')).output).toMatchObject({ outcome: 'Remediated' });
    });
  });

  it('refuses at the write when a node went down after the assessment', async () => {
    const testbed: Testbed = await createDriftTestbed(
      oneDrift,
      {},
      {
        replaceTask: ({ stateName }) => {
          if (stateName === 'ApplyPolicyChange') testbed.cluster('events').setNode(2, false);
          return undefined;
        },
      },
    );
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(end.output).toMatchObject({ outcome: 'Refused', drift: { refused: 1 } });
      expect(policyWrites(testbed)).toEqual([]);
    });
  });

  it('refuses before the first write when the caps are exceeded', async () => {
    const policies = Array.from({ length: 12 }, (_unused, index) => ({
      name: `p${index}`,
      pattern: `^q${index}$`,
      definition: { 'max-length': 10 },
      priority: 2,
    }));
    const testbed = await createDriftTestbed({ version: '3.10.20', policies });
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(codes(end, 'refused')).toEqual(['TOO_LARGE_A_SHARE', 'TOO_MANY_CHANGES']);
      expect(policyWrites(testbed)).toEqual([]);
    });
  });

  it('stops when the mirrors do not get in sync, and says which change stands', async () => {
    const testbed = await createDriftTestbed({
      ...oneDrift,
      queues: [{ name: 'orders.placed', messages: 9_999 }],
      syncPerSecond: 1,
    });
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(end.output).toMatchObject({ outcome: 'Refused', drift: { remediated: 1 } });
      expect(codes(end, 'refused')).toEqual(['SYNC_NOT_FINISHED']);
    });
  });

  it('freezes a policy that another controller keeps writing back', async () => {
    const testbed = await createDriftTestbed({ ...oneDrift, rival: { policies: ['orders'], delaySeconds: 300 } });
    await testbed.play(async () => {
      for (let round = 0; round < 3; round++) {
        expect((await drift(testbed, 'remediate')).output).toMatchObject({ outcome: 'Remediated' });
        await testbed.sleepSeconds(600);
      }
      const end = await drift(testbed, 'remediate');
      expect(codes(end, 'refused')).toEqual(['FLIP_FLOP']);
      expect(policyWrites(testbed).length).toBe(3);
    });
  });

  it('backs off from a write without effect, then parks the policy', async () => {
    const testbed = await createDriftTestbed({ ...oneDrift, rival: { policies: ['orders'], delaySeconds: 1 } });
    await testbed.play(async () => {
      expect(codes(await drift(testbed, 'remediate'), 'postponed')).toEqual(['BACKING_OFF']);
      for (const seconds of [600, 1_200]) {
        await testbed.sleepSeconds(seconds);
        await drift(testbed, 'remediate');
      }
      await testbed.sleepSeconds(10_000);
      expect(codes(await drift(testbed, 'remediate'), 'refused')).toEqual(['PARKED']);
      expect(policyWrites(testbed).length).toBe(3);
    });
  });
});

describe('policy-drift, when calls fail', () => {
  it.each(['connection-reset', 'kill-caller'] as const)(
    'looks before it writes again after a %s behind the write',
    async (kind) => {
      const testbed = await createDriftTestbed(oneDrift);
      testbed.aws.faults.start({ kind, when: 'after', service: 'rabbitmq', operation: 'PUT*', count: 1 });
      await testbed.play(async () => {
        expect((await drift(testbed, 'remediate')).output).toMatchObject({
          outcome: 'Remediated',
          drift: { remediated: 1 },
        });
        expect(policyWrites(testbed).length).toBe(1);
      });
    },
  );

  it('leaves a write that died before the call to its back-off', async () => {
    const testbed = await createDriftTestbed(oneDrift);
    const fault = { kind: 'kill-caller', when: 'before', service: 'rabbitmq', operation: 'PUT*', count: 1 } as const;
    testbed.aws.faults.start(fault);
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(codes(end, 'postponed')).toEqual(['BACKING_OFF']);
      await testbed.sleepSeconds(400);
      expect((await drift(testbed, 'remediate')).output).toMatchObject({ outcome: 'Remediated' });
    });
  });

  it('fails by name when the broker rejects a declared policy, gives the lock back, and writes nothing else', async () => {
    const policies = [{ vhost: '/', name: 'wrong', pattern: '^x', definition: { 'max-length': 'many' }, priority: 3 }];
    const testbed = await createDriftTestbed({ version: '3.13.7' }, { policies });
    await testbed.play(async () => {
      const end = await drift(testbed, 'remediate');
      expect(end).toMatchObject({
        status: 'FAILED',
        error: 'RequestRejected',
        cause: expect.stringContaining('max-length'),
      });
      expect(end.states).toContain('ReleaseCluster');
      await testbed.sleepSeconds(1_000);
      const again = await drift(testbed, 'remediate');
      expect(again).toMatchObject({ error: 'RequestRejected' });
    });
  });

  it('lets only one of two runs write', async () => {
    const testbed = await createDriftTestbed({
      ...oneDrift,
      queues: [{ name: 'orders.placed', messages: 9_000 }],
      syncPerSecond: 100,
    });
    await testbed.play(async () => {
      const input = { cluster: 'events', mode: 'remediate', reason: 'test' };
      const first = await testbed.start('policy-drift', 'us-east-1', input);
      await testbed.sleepSeconds(5);
      testbed.cluster('events').putPolicy({
        vhost: '/',
        name: 'late',
        pattern: '^late',
        'apply-to': 'queues',
        definition: { expires: 9 },
        priority: 7,
      });
      const second = await drift(testbed, 'remediate');
      expect(codes(second, 'refused')).toEqual(expect.arrayContaining(['LOCK_HELD']));
      await testbed.end(first);
    });
  });
});
