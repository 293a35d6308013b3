import { describe, expect, it } from 'vitest';
import { simulateCluster } from '../../../functions/policy-drift/effective-policy.ts';
import { type Drift, findDrift } from '../../../functions/policy-drift/find-drift.ts';
import { limitDrift } from '../../../functions/policy-drift/limit-drift.ts';
import type { RabbitCluster } from '../../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { noonMs } from '../../support/brokers.ts';
import { cluster, config, mirrored, policy, profileOf, queue, systemPolicy } from '../../support/rabbit.ts';

/** Gives every queue what the broker would say about it, so that only the drift under test shows. */
const told = (bare: RabbitCluster): RabbitCluster => ({
  ...bare,
  queues: simulateCluster(bare, profileOf(bare.version)).map(({ queue: of, effective }) =>
    effective.decided ? { ...of, policy: effective.policy?.name, effectiveDefinition: effective.definition } : of,
  ),
});

const drift = (changes: Partial<RabbitCluster>, settings: Record<string, unknown> = {}, had = false): Drift => {
  const seen = told(cluster(changes));
  const facts = { cluster: seen, profile: profileOf(seen.version), config: config(settings), nowMs: noonMs };
  return findDrift({ ...facts, instanceType: 'mq.m5.large', serviceHadItsTime: had });
};
const codes = (found: Drift): readonly string[] => found.findings.map(({ code }) => code).sort();

const members = ['rabbit@a', 'rabbit@b', 'rabbit@c'];
const quorum = (changes = {}) =>
  queue({ name: 'orders.q', type: 'quorum', members, onlineMembers: members, ...changes });
const operator = policy({
  name: 'default_operator_policy_AWS_managed',
  pattern: '.*',
  applyTo: 'all',
  definition: mirrored,
});

describe('drift up to 3.12', () => {
  it('is a policy of classic queues without mirroring, and its remedy keeps the rest', () => {
    const found = drift({ policies: [systemPolicy, policy()], queues: [queue()] });
    expect(codes(found)).toEqual(['HA_MISSING']);
    expect(found.findings[0]).toMatchObject({ severity: 'critical', queues: 1 });
    expect(found.changes[0]?.after?.definition).toEqual({ 'max-length': 100, ...mirrored });
  });

  it('is mirroring to fewer nodes; the remedy takes ha-params out', () => {
    const weak = { 'ha-mode': 'exactly', 'ha-params': 2, 'ha-sync-mode': 'automatic' };
    const found = drift({ policies: [systemPolicy, policy({ definition: weak })], queues: [queue()] });
    expect(codes(found)).toEqual(['HA_DIFFERENT']);
    expect(found.changes[0]?.after?.definition).toEqual(mirrored);
  });

  it('is every quorum queue, as data at risk that no policy can save', () => {
    const found = drift({ version: '3.12.14', operatorPolicies: [operator], queues: [quorum()] });
    expect(found.findings[0]).toMatchObject({
      code: 'QUORUM_QUEUES_UNSUPPORTED',
      severity: 'critical',
      remedy: undefined,
    });
    expect(found.changes).toEqual([]);
  });

  it('is no policy without mirroring whose queues an operator policy mirrors', () => {
    const found = drift({
      version: '3.12.14',
      operatorPolicies: [operator],
      policies: [systemPolicy, policy()],
      queues: [queue()],
    });
    expect(codes(found)).toEqual([]);
  });

  it('is a virtual host without any policy', () => {
    const found = drift({ vhosts: ['/', 'bare'], queues: [queue({ vhost: 'bare' })] });
    expect(found.findings).toMatchObject([{ code: 'VHOST_UNCOVERED', vhost: 'bare', severity: 'critical' }]);
  });

  it('is a missing policy of the service, which is awaited, then reported again, never written', () => {
    const early = drift({ policies: [] });
    expect(early).toMatchObject({ awaitsService: true, changes: [] });
    expect(codes(early)).toContain('AWS_POLICY_MISSING');
    const late = drift({ policies: [] }, {}, true);
    expect(late).toMatchObject({ awaitsService: false, changes: [] });
    expect(codes(late)).toContain('AWS_POLICY_NOT_RECREATED');
  });

  it('is a mirror that nothing synchronises, but not one that is just being copied', () => {
    const behind = { mirrors: ['rabbit@b'], synchronisedMirrors: [] };
    expect(codes(drift({ queues: [queue(behind)] }))).toEqual(['MIRRORS_UNSYNCHRONISED']);
    expect(codes(drift({ queues: [queue({ ...behind, state: 'syncing' })] }))).toEqual([]);
  });
});

describe('drift on 3.13', () => {
  const kinds = { version: '3.13.7', operatorPolicies: [] as RabbitCluster['operatorPolicies'] };

  it('is a policy of classic and quorum queues alike, which no single policy can serve', () => {
    const found = drift({ ...kinds, policies: [systemPolicy, policy()], queues: [queue(), quorum()] }, {}, true);
    expect(codes(found)).toContain('MIXED_QUEUE_KINDS');
    expect(found.changes).toEqual([]);
  });

  it('is a policy with one mirroring key that matches a quorum queue: it is void there as a whole', () => {
    const both = policy({ definition: { 'max-length': 5, ...mirrored } });
    const found = drift({ ...kinds, operatorPolicies: [operator], policies: [systemPolicy, both], queues: [quorum()] });
    expect(found.findings).toMatchObject([
      { code: 'VOID_FOR_TYPE', policy: 'orders', queues: 1 },
      { code: 'VHOST_UNCOVERED', severity: 'low' },
    ]);
  });

  it('is a quorum queue that lacks members, or one that is not online', () => {
    const covered = { policies: [systemPolicy, policy({ applyTo: 'quorum_queues' })], operatorPolicies: [operator] };
    const short = drift({ ...kinds, ...covered, queues: [quorum({ members: members.slice(0, 2) })] });
    expect(codes(short)).toEqual(['QUORUM_MEMBERS_SHORT']);
    expect(codes(drift({ ...kinds, ...covered, queues: [quorum({ onlineMembers: ['rabbit@a'] })] }))).toEqual([
      'QUORUM_MEMBERS_SHORT',
    ]);
    expect(codes(drift({ ...kinds, ...covered, queues: [quorum()] }))).toEqual([]);
  });
});

describe('drift on 4.x', () => {
  it('is every key of mirroring; a policy of nothing else is deleted, one of the service is only reported', () => {
    const found = drift({
      version: '4.2.1',
      policies: [
        systemPolicy,
        policy({ definition: { ...mirrored, 'max-length': 7 } }),
        policy({ name: 'gone', definition: mirrored }),
      ],
      operatorPolicies: [operator],
    });
    expect(codes(found)).toEqual([
      'HA_KEYS_REMOVED_IN_4',
      'HA_KEYS_REMOVED_IN_4',
      'HA_KEYS_REMOVED_IN_4',
      'HA_KEYS_REMOVED_IN_4',
    ]);
    expect(found.changes.map(({ name, after }) => [name, after?.definition])).toEqual([
      ['orders', { 'max-length': 7 }],
      ['gone', undefined],
    ]);
    expect(found.untouchedAwsOwned).toBe(2);
  });

  it('is a durable classic queue in a cluster, but not a transient or exclusive one', () => {
    const covered = { version: '4.2.1', policies: [policy()] };
    expect(codes(drift({ ...covered, queues: [queue()] }))).toEqual(['CLASSIC_UNREPLICATED']);
    expect(codes(drift({ ...covered, queues: [queue({ durable: false }), queue({ exclusive: true })] }))).toEqual([]);
  });

  it('is a declaration that asks for mirroring', () => {
    const declared = { vhost: '/', name: 'd', pattern: 'x', definition: mirrored };
    const found = drift({ version: '4.2.1', policies: [policy()] }, { policies: [declared] });
    expect(codes(found)).toEqual(['DECLARED_UNSUPPORTED']);
  });
});

describe('declared policies', () => {
  const declared = { vhost: '*', name: 'limit', pattern: '^orders', definition: { 'max-length': 9 }, priority: 3 };

  it('are wanted in every virtual host, where one for a single host goes first', () => {
    const special = { ...declared, vhost: 'shop', priority: 8 };
    const found = drift({ vhosts: ['/', 'shop'] }, { policies: [declared, special] });
    const wanted = found.changes.map(({ vhost, after }) => [vhost, after?.priority, after?.definition['ha-mode']]);
    expect(wanted).toEqual([
      ['/', 3, 'all'],
      ['shop', 8, 'all'],
    ]);
  });

  it('do not differ by the mirroring that the service has added', () => {
    const live = policy({ name: 'limit', priority: 3, definition: { 'max-length': 9, ...mirrored } });
    expect(codes(drift({ policies: [systemPolicy, live] }, { policies: [declared] }))).toEqual([]);
  });

  it.each([
    ['pattern', { pattern: '^other' }],
    ['apply-to', { applyTo: 'all' }],
    ['priority', { priority: 4 }],
    ['definition', { definition: { 'max-length': 8, ...mirrored } }],
  ])('differ by their %s', (member, change) => {
    const live = policy({ name: 'limit', priority: 3, definition: { 'max-length': 9, ...mirrored }, ...change });
    const [finding] = drift({ policies: [systemPolicy, live] }, { policies: [declared] }).findings;
    expect(finding).toMatchObject({ code: 'DECLARED_DIFFERENT', evidence: { differences: [member] } });
  });

  it('that another policy shadows are reported, and the other one goes only where that is asked for', () => {
    const live = policy({ name: 'limit', priority: 3, definition: { 'max-length': 9, ...mirrored } });
    const shadow = policy({ name: 'shadow', priority: 9, definition: mirrored });
    const scene = { policies: [systemPolicy, live, shadow], queues: [queue()] };
    const seen = drift(scene, { policies: [declared] });
    expect(seen).toMatchObject({ findings: [{ code: 'UNDECLARED_SHADOWS', policy: 'shadow' }], changes: [] });
    expect(drift(scene, { policies: [declared], undeclared: 'remove' }).changes).toMatchObject([
      { name: 'shadow', after: undefined },
    ]);
  });

  it('for a name of the service or a missing virtual host cannot stand', () => {
    const wrong = [
      { ...declared, vhost: 'nowhere' },
      { ...declared, vhost: '/', name: 'AWS-DEFAULT-POLICY-CLUSTER' },
    ];
    expect(codes(drift({}, { policies: wrong }))).toEqual(['DECLARED_UNSUPPORTED', 'DECLARED_UNSUPPORTED']);
    const typed = [{ ...declared, applyTo: 'classic_queues' }];
    expect(codes(drift({}, { policies: typed }))).toEqual(['DECLARED_UNSUPPORTED']);
  });
});

describe('what is left open, excepted or odd', () => {
  it('names queues whose policy cannot be told, and never a remedy', () => {
    const tie = [policy({ definition: mirrored }), policy({ name: 'twin', definition: mirrored })];
    expect(drift({ policies: [systemPolicy, ...tie], queues: [queue()] })).toMatchObject({
      findings: [{ code: 'UNDECIDED', evidence: { among: ['orders', 'twin'] } }],
      changes: [],
    });
  });

  it('says when the broker does something else than its rules', () => {
    const seen = cluster({ queues: [queue({ policy: 'ghost', effectiveDefinition: { expires: 1 } })] });
    const facts = { cluster: seen, profile: profileOf(seen.version), config: config(), nowMs: noonMs };
    const found = findDrift({ ...facts, instanceType: 'mq.m5.large', serviceHadItsTime: false });
    expect(codes(found)).toEqual(['SIMULATION_DISAGREES']);
  });

  it('keeps excepted drift apart until the exception expires', () => {
    const scene = { policies: [systemPolicy, policy()], queues: [queue()] };
    const exception = { vhost: '/', policy: 'orders', reason: 'moving', expiresAt: new Date(noonMs + 1).toISOString() };
    const excepted = drift(scene, { exceptions: [exception] });
    expect(excepted).toMatchObject({ findings: [], changes: [], excepted: [{ code: 'HA_MISSING' }] });
    const over = drift(scene, { exceptions: [{ ...exception, expiresAt: new Date(noonMs).toISOString() }] });
    expect(codes(over)).toEqual(['EXCEPTION_EXPIRED', 'HA_MISSING']);
  });

  it('reports a length beyond the instance without lowering it, and streams', () => {
    const huge = policy({ definition: { 'max-length': 8_000_001, ...mirrored } });
    const found = drift({ policies: [systemPolicy, huge], queues: [queue({ type: 'stream', name: 's' })] });
    expect(codes(found)).toEqual(['LIMIT_EXCEEDED', 'STREAM_UNSUPPORTED', 'VHOST_UNCOVERED']);
    expect(found.changes).toEqual([]);
  });

  const limited = (maxQueues: number | undefined, maxConnections?: number) => ({
    vhostLimits: [{ vhost: '/', maxQueues, maxConnections }],
  });
  const limitCodes = (...given: Parameters<typeof drift>) =>
    drift(...given)
      .findings.filter(({ code }) => code.includes('LIMIT'))
      .map(({ code, severity, message }) => `${severity} ${code} ${/max-[a-z]+/.exec(message)?.[0]}`);

  it.each([
    ['fits the instance', limited(4_000, 15_000), []],
    ['has more queues than the instance is made for', limited(4_001, 15_000), ['low LIMIT_EXCEEDED max-queues']],
    ['has more connections', limited(undefined, 15_001), ['low LIMIT_EXCEEDED max-connections']],
    ['lets nobody in', limited(undefined, 0), ['high VHOST_LIMIT_REACHED max-connections']],
  ])('reports a virtual host whose limit %s', (_what, changes, expected) => {
    expect(limitCodes(changes)).toEqual(expected);
  });

  it('reports a virtual host that is full, and writes nothing because of it', () => {
    const queues = [queue({ name: 'one' }), queue({ name: 'two' }), queue({ name: 'three', vhost: 'other' })];
    expect(limitCodes({ queues, ...limited(3) })).toEqual([]);
    expect(limitCodes({ queues, ...limited(2) })).toEqual(['high VHOST_LIMIT_REACHED max-queues']);
    expect(drift({ queues, ...limited(2) }).changes).toEqual([]);
  });

  it('holds limits of virtual hosts against the instance on RabbitMQ 3 alone', () => {
    expect(limitCodes({ version: '4.2.1', ...limited(90_000) })).toEqual([]);
    expect(limitCodes({ version: '3.13.7', ...limited(90_000) })).toEqual(['low LIMIT_EXCEEDED max-queues']);
  });

  it.each([
    ['mq.m5.xlarge', 9_000_001],
    ['mq.m5.4xlarge', 12_000_001],
    ['mq.m7g.medium', 500_001],
    ['mq.m7g.16xlarge', 40_000_001],
  ])('knows what a queue of %s may hold', (instanceType, tooMuch) => {
    const holding = (value: number) =>
      limitDrift(
        cluster({ policies: [policy({ definition: { 'max-length': value } })] }),
        profileOf('3.10.20'),
        instanceType,
      );
    expect(holding(tooMuch).map(({ code }) => code)).toEqual(['LIMIT_EXCEEDED']);
    expect(holding(tooMuch - 1)).toEqual([]);
  });

  it.each(['mq.m5.16xlarge', 'mq.t3.micro', 'm5.large', ''])(
    'leaves an instance type such as %j alone',
    (instanceType) => {
      const seen = cluster({ policies: [policy({ definition: { 'max-length': 9e9 } })], ...limited(90_000) });
      expect(limitDrift(seen, profileOf('3.10.20'), instanceType)).toEqual([]);
    },
  );
});
