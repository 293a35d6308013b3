import { describe, expect, it } from 'vitest';
import { codesIn, DriftStage, mirrored, oneDrift } from '../support/drift-stage.ts';

const codes = (end: { readonly output: Readonly<Record<string, unknown>> | undefined }, list: string) =>
  codesIn(end.output?.[list]);

/** The stored definition of a user policy. */
const definitionOf = (stage: DriftStage, name: string, vhost = '/') =>
  stage.cluster.policies.find((policy) => policy.vhost === vhost && policy.name === name)?.definition;

describe('policy-drift, looking', () => {
  it('reports what drifts, tells people once, and writes nothing', async () => {
    const stage = await DriftStage.create(oneDrift);
    await stage.play(async () => {
      const end = await stage.drift('report');
      expect(end.output).toMatchObject({ outcome: 'Drifted', drift: { findings: 1, remaining: 1, remediated: 0 } });
      expect(codes(end, 'findings')).toEqual(['HA_MISSING']);
      await stage.drift('report');
      expect(stage.flow.stage.aws.notifications()).toMatchObject([
        { subject: 'mq-dr ACT TODAY: policy findings in events: 1' },
      ]);
      expect(stage.policyWrites()).toEqual([]);
    });
  });

  it('counts the findings at each look, since an alarm takes silence for a cluster that nobody looks at', async () => {
    const stage = await DriftStage.create(oneDrift);
    const counted: unknown[] = [];
    stage.flow.stage.observe({
      log: ({ fields }) => {
        if ('PolicyDriftFindings' in fields) counted.push([fields.Cluster, fields.PolicyDriftFindings]);
      },
    });
    await stage.play(async () => {
      await stage.drift('report');
      await stage.drift('report');
      await stage.drift('report', { dryRun: true });
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
    const stage = await DriftStage.create({
      version: '3.10.20',
      policies: [...tied, ...differing],
      queues: Array.from({ length: 60 }, (_unused, at) => ({ name: `tie-${at}-${'ü'.repeat(100)}` })),
    });
    await stage.play(async () => {
      for (const mode of ['report', 'remediate']) {
        const end = await stage.drift(mode);
        expect(end.status).toBe('SUCCEEDED');
        const { remaining } = (end.output?.drift ?? {}) as { readonly remaining?: number };
        expect(remaining).toBeGreaterThan(240);
        expect(Buffer.byteLength(JSON.stringify(end.output))).toBeLessThan(200_000);
      }
      const [page] = stage.flow.stage.aws.notifications();
      expect(Buffer.byteLength(page?.message ?? '')).toBeLessThan(20_000);
    });
  });

  it('finds nothing in a cluster that is as the service wants it', async () => {
    const stage = await DriftStage.create({
      version: '3.13.7',
      queues: [{ name: 'orders' }, { name: 'q', type: 'quorum' }],
    });
    await stage.play(async () => {
      expect((await stage.drift('remediate')).output).toMatchObject({ outcome: 'InSync', findings: [] });
      expect(stage.policyWrites()).toEqual([]);
    });
  });

  it('reads the same eight things whatever the number of virtual hosts', async () => {
    const vhosts = Array.from({ length: 40 }, (_unused, index) => `tenant-${index}`);
    const stage = await DriftStage.create({ version: '3.13.7', vhosts });
    await stage.play(async () => {
      await stage.drift('report');
      const reads = stage.flow.calls.filter(({ service }) => service === 'rabbitmq');
      // Once to assess, once to record.
      expect(reads.length).toBe(16);
    });
  });

  it('lists the writes of a dry run in their order and makes none', async () => {
    const stage = await DriftStage.create(oneDrift);
    await stage.play(async () => {
      const end = await stage.drift('remediate', { dryRun: true });
      expect(end.output).toMatchObject({
        outcome: 'DryRun',
        plannedWrites: [{ service: 'rabbitmq', operation: 'PutPolicy', request: { name: 'orders' } }],
      });
      expect(stage.policyWrites()).toEqual([]);
      expect(stage.flow.calls.filter(({ operation }) => /^(Put|Update|Delete)/.test(operation))).toEqual([]);
    });
  });

  it('ends by name for a cluster that is not configured, and for an unknown field', async () => {
    const stage = await DriftStage.create(oneDrift);
    await stage.play(async () => {
      const unknown = await stage.drift('report', { cluster: 'event' });
      expect(unknown).toMatchObject({
        status: 'FAILED',
        error: 'NotFound',
        cause: expect.stringContaining('events'),
      });
      const field = await stage.drift('report', { mod: 'x' });
      expect(field).toMatchObject({ status: 'FAILED', error: 'InvalidInput', cause: expect.stringContaining('mod') });
    });
  });

  it('refuses a version that has no profile', async () => {
    const stage = await DriftStage.create({ ...oneDrift, version: '5.0.0', awsPolicies: false });
    await stage.play(async () => {
      const end = await stage.drift('remediate');
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
    const stage = await DriftStage.create(oneDrift);
    stage.flow.stage.aws.faults.start({ ...fault, service: 'rabbitmq' });
    await stage.play(async () => {
      expect(await stage.drift('remediate')).toMatchObject({ status: 'FAILED', error });
      expect(stage.policyWrites()).toEqual([]);
    });
  });
});

describe('policy-drift, putting right', () => {
  it('writes, reads back, waits until the mirrors are in sync, and changes nothing the second time', async () => {
    const stage = await DriftStage.create({
      ...oneDrift,
      queues: [{ name: 'orders.placed', messages: 9_000 }],
      syncPerSecond: 100,
    });
    await stage.play(async () => {
      const end = await stage.drift('remediate');
      expect(end.output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 1, remaining: 0 } });
      // 9,000 messages at 100 a second take 90 s, and a look comes every 15 s.
      expect(end.states.filter((state) => state === 'ObservePolicyChange').length).toBeGreaterThan(5);
      const [queue] = stage.cluster.queues;
      expect(queue).toMatchObject({ state: 'running', synchronised_slave_nodes: { length: 2 } });
      expect(definitionOf(stage, 'orders')).toEqual({ 'max-length': 1_000, ...mirrored });
      expect((await stage.drift('remediate')).output).toMatchObject({ outcome: 'InSync' });
      expect(stage.policyWrites()).toEqual(['PUT orders ok']);
    });
  });

  it('writes the replacement before it removes what it replaces', async () => {
    const declared = { vhost: '/', name: 'wanted', pattern: '^orders', definition: { 'max-length': 500 }, priority: 3 };
    const stage = await DriftStage.create(
      {
        version: '3.10.20',
        queues: [{ name: 'orders' }],
        policies: [{ name: 'shadow', pattern: '^orders', definition: { ...mirrored }, priority: 9 }],
      },
      { policies: [declared], undeclared: 'remove', limits: { maxPercent: 100 } },
    );
    await stage.play(async () => {
      const end = await stage.drift('remediate');
      expect(end.output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 2, remaining: 0 } });
      expect(stage.policyWrites()).toEqual(['PUT wanted ok', 'DELETE shadow ok']);
    });
  });

  it('rolls the newest changes back under the same rules, and refuses what would cost copies', async () => {
    const settings = {
      policies: [{ vhost: '/', name: 'limit', pattern: '^orders', definition: { 'max-length': 500 }, priority: 9 }],
    };
    const stage = await DriftStage.create({ version: '3.13.7', queues: [{ name: 'orders' }] }, settings);
    await stage.play(async () => {
      expect((await stage.drift('remediate')).output).toMatchObject({ outcome: 'Remediated' });
      const back = await stage.drift('rollback');
      expect(back.output).toMatchObject({
        outcome: 'RolledBack',
        changes: [{ policy: 'limit', because: 'ROLLBACK', did: 'deleted' }],
      });
      expect(stage.policyWrites()).toEqual(['PUT limit ok', 'DELETE limit ok']);
    });
    const bare = await DriftStage.create(oneDrift);
    await bare.play(async () => {
      await bare.drift('remediate');
      const back = await bare.drift('rollback');
      expect(codes(back, 'refused')).toEqual(['WOULD_LOWER_COPIES']);
      expect(bare.policyWrites()).toEqual(['PUT orders ok']);
      expect(await bare.drift('rollback', { rollbackRun: 'none' })).toMatchObject({ error: 'NotFound' });
    });
  });

  it('postpones a change that would block a deep queue, and makes it once the queue is short', async () => {
    const stage = await DriftStage.create({ ...oneDrift, queues: [{ name: 'orders.placed', messages: 50_000 }] });
    await stage.play(async () => {
      const end = await stage.drift('remediate');
      expect(codes(end, 'postponed')).toEqual(['DEEP_QUEUE']);
      expect(stage.policyWrites()).toEqual([]);
      stage.cluster.setMessages('/', 'orders.placed', 10);
      expect((await stage.drift('remediate')).output).toMatchObject({ outcome: 'Remediated' });
    });
  });

  it('waits for the service to recreate its policy, and says so when it does not', async () => {
    const stage = await DriftStage.create({ version: '3.13.7', queues: [{ name: 'orders' }] });
    await stage.play(async () => {
      stage.cluster.deletePolicy('/', 'ha-all-AWS-OWNED-DO-NOT-DELETE');
      const end = await stage.drift('remediate');
      expect(end.output).toMatchObject({ outcome: 'InSync' });
      expect(end.states.filter((state) => state === 'WaitForService').length).toBe(2);
    });
    const forsaken = await DriftStage.create({ version: '3.13.7', repairs: { recreatesSystemPolicy: false } });
    await forsaken.play(async () => {
      forsaken.cluster.deletePolicy('/', 'ha-all-AWS-OWNED-DO-NOT-DELETE');
      const end = await forsaken.drift('remediate');
      expect(codes(end, 'findings')).toEqual(['AWS_POLICY_NOT_RECREATED']);
      expect(end.output).toMatchObject({ drift: { untouchedAwsOwned: 4 } });
      expect(forsaken.policyWrites()).toEqual([]);
    });
  });
});

describe('policy-drift, held back', () => {
  it.each<[string, string, (stage: DriftStage) => void]>([
    ['a node is down', 'NODE_DOWN', (stage) => stage.cluster.setNode(3, false)],
    ['a node has a memory alarm', 'MEMORY_ALARM', (stage) => stage.cluster.setAlarm(2, 'memory', true)],
    ['a node has a disk alarm', 'DISK_ALARM', (stage) => stage.cluster.setAlarm(1, 'disk', true)],
    ['the nodes are parted', 'PARTITION', (stage) => stage.cluster.setPartition([1, 2])],
    [
      'the service requires action',
      'ACTION_REQUIRED',
      (stage) =>
        stage.flow.stage.aws.amendBroker(stage.brokerId, {
          actionsRequired: [{ actionRequiredCode: 'RABBITMQ_MEMORY_ALARM', actionRequiredInfo: '' }],
        }),
    ],
  ])('writes nothing while %s', async (_name, code, spoil) => {
    const stage = await DriftStage.create(oneDrift);
    await stage.play(async () => {
      spoil(stage);
      const end = await stage.drift('remediate');
      expect(end.output).toMatchObject({ outcome: 'Refused', drift: { remediated: 0, refused: 1 } });
      expect(codes(end, 'refused')).toContain(code);
      expect(stage.policyWrites()).toEqual([]);
    });
  });

  it('resumes when the node is back', async () => {
    const stage = await DriftStage.create(oneDrift);
    await stage.play(async () => {
      stage.cluster.setNode(3, false);
      await stage.drift('remediate');
      stage.cluster.setNode(3, true);
      expect((await stage.drift('remediate')).output).toMatchObject({ outcome: 'Remediated' });
    });
  });

  it('refuses at the write when a node went down after the assessment', async () => {
    const stage: DriftStage = await DriftStage.create(
      oneDrift,
      {},
      {
        replaceTask: ({ stateName }) => {
          if (stateName === 'ApplyPolicyChange') stage.cluster.setNode(2, false);
          return undefined;
        },
      },
    );
    await stage.play(async () => {
      const end = await stage.drift('remediate');
      expect(end.output).toMatchObject({ outcome: 'Refused', drift: { refused: 1 } });
      expect(stage.policyWrites()).toEqual([]);
    });
  });

  it('refuses before the first write when the caps are exceeded', async () => {
    const policies = Array.from({ length: 12 }, (_unused, index) => ({
      name: `p${index}`,
      pattern: `^q${index}$`,
      definition: { 'max-length': 10 },
      priority: 2,
    }));
    const stage = await DriftStage.create({ version: '3.10.20', policies });
    await stage.play(async () => {
      const end = await stage.drift('remediate');
      expect(codes(end, 'refused')).toEqual(['TOO_LARGE_A_SHARE', 'TOO_MANY_CHANGES']);
      expect(stage.policyWrites()).toEqual([]);
    });
  });

  it('stops when the mirrors do not get in sync, and says which change stands', async () => {
    const stage = await DriftStage.create({
      ...oneDrift,
      queues: [{ name: 'orders.placed', messages: 9_999 }],
      syncPerSecond: 1,
    });
    await stage.play(async () => {
      const end = await stage.drift('remediate');
      expect(end.output).toMatchObject({ outcome: 'Refused', drift: { remediated: 1 } });
      expect(codes(end, 'refused')).toEqual(['SYNC_NOT_FINISHED']);
    });
  });

  it('freezes a policy that another controller keeps writing back', async () => {
    const stage = await DriftStage.create({ ...oneDrift, rival: { policies: ['orders'], delaySeconds: 300 } });
    await stage.play(async () => {
      for (let round = 0; round < 3; round++) {
        expect((await stage.drift('remediate')).output).toMatchObject({ outcome: 'Remediated' });
        await stage.sleepSeconds(600);
      }
      const end = await stage.drift('remediate');
      expect(codes(end, 'refused')).toEqual(['FLIP_FLOP']);
      expect(stage.policyWrites().length).toBe(3);
    });
  });

  it('backs off from a write without effect, then parks the policy', async () => {
    const stage = await DriftStage.create({ ...oneDrift, rival: { policies: ['orders'], delaySeconds: 1 } });
    await stage.play(async () => {
      expect(codes(await stage.drift('remediate'), 'postponed')).toEqual(['BACKING_OFF']);
      for (const seconds of [600, 1_200]) {
        await stage.sleepSeconds(seconds);
        await stage.drift('remediate');
      }
      await stage.sleepSeconds(10_000);
      expect(codes(await stage.drift('remediate'), 'refused')).toEqual(['PARKED']);
      expect(stage.policyWrites().length).toBe(3);
    });
  });
});

describe('policy-drift, when calls fail', () => {
  it.each(['connection-reset', 'kill-caller'] as const)(
    'looks before it writes again after a %s behind the write',
    async (kind) => {
      const stage = await DriftStage.create(oneDrift);
      stage.flow.stage.aws.faults.start({ kind, when: 'after', service: 'rabbitmq', operation: 'PUT*', count: 1 });
      await stage.play(async () => {
        expect((await stage.drift('remediate')).output).toMatchObject({
          outcome: 'Remediated',
          drift: { remediated: 1 },
        });
        expect(stage.policyWrites().length).toBe(1);
      });
    },
  );

  it('leaves a write that died before the call to its back-off', async () => {
    const stage = await DriftStage.create(oneDrift);
    const fault = { kind: 'kill-caller', when: 'before', service: 'rabbitmq', operation: 'PUT*', count: 1 } as const;
    stage.flow.stage.aws.faults.start(fault);
    await stage.play(async () => {
      const end = await stage.drift('remediate');
      expect(codes(end, 'postponed')).toEqual(['BACKING_OFF']);
      await stage.sleepSeconds(400);
      expect((await stage.drift('remediate')).output).toMatchObject({ outcome: 'Remediated' });
    });
  });

  it('fails by name when the broker rejects a declared policy, gives the lock back, and writes nothing else', async () => {
    const policies = [{ vhost: '/', name: 'wrong', pattern: '^x', definition: { 'max-length': 'many' }, priority: 3 }];
    const stage = await DriftStage.create({ version: '3.13.7' }, { policies });
    await stage.play(async () => {
      const end = await stage.drift('remediate');
      expect(end).toMatchObject({
        status: 'FAILED',
        error: 'RequestRejected',
        cause: expect.stringContaining('max-length'),
      });
      expect(end.states).toContain('ReleaseCluster');
      await stage.sleepSeconds(1_000);
      const again = await stage.drift('remediate');
      expect(again).toMatchObject({ error: 'RequestRejected' });
    });
  });

  it('lets only one of two runs write', async () => {
    const stage = await DriftStage.create({
      ...oneDrift,
      queues: [{ name: 'orders.placed', messages: 9_000 }],
      syncPerSecond: 100,
    });
    await stage.play(async () => {
      const input = { cluster: 'events', mode: 'remediate', reason: 'test' };
      const first = await stage.flow.start('policy-drift', 'us-east-1', input);
      await stage.sleepSeconds(5);
      stage.cluster.putPolicy({
        vhost: '/',
        name: 'late',
        pattern: '^late',
        'apply-to': 'queues',
        definition: { expires: 9 },
        priority: 7,
      });
      const second = await stage.drift('remediate');
      expect(codes(second, 'refused')).toEqual(expect.arrayContaining(['LOCK_HELD']));
      await stage.flow.end(first);
    });
  });
});
