import { describe, expect, it } from 'vitest';
import { type PolicyChange, policyKey } from '../../../functions/policy-drift/drift-finding.ts';
import { guardBlockers } from '../../../functions/policy-drift/drift-guards.ts';
import type { ChangeRecord } from '../../../functions/policy-drift/drift-records.ts';
import { simulateCluster } from '../../../functions/policy-drift/effective-policy.ts';
import {
  attemptVerdict,
  type PolicyHistory,
  withAttempt,
  withEffect,
} from '../../../functions/policy-drift/policy-history.ts';
import type { RabbitCluster, RabbitQueue } from '../../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { desiredText, exceedsCaps, planRemediation } from '../../../functions/policy-drift/remediation-plan.ts';
import { planRollback } from '../../../functions/policy-drift/rollback.ts';
import { noonMs } from '../../support/brokers.ts';
import { cluster, config, mirrored, policy, profileOf, queue, systemPolicy } from '../../support/rabbit.ts';

const { limits } = config();

const plan = (
  seen: RabbitCluster,
  changes: readonly PolicyChange[],
  histories = new Map<string, PolicyHistory>(),
  declared: ReadonlySet<string> = new Set(),
) => {
  const profile = profileOf(seen.version);
  const queues = simulateCluster(seen, profile).map(
    ({ queue: of, effective }): RabbitQueue =>
      effective.decided && of.effectiveDefinition !== 'absent'
        ? { ...of, policy: effective.policy?.name, effectiveDefinition: effective.definition }
        : of,
  );
  const now = { ...seen, queues };
  const simulated = simulateCluster(now, profile);
  return planRemediation({ cluster: now, profile, limits, changes, declared, simulated, histories, nowMs: noonMs });
};

const put = (changes: Parameters<typeof policy>[0] = {}): PolicyChange => {
  const after = policy(changes);
  return { vhost: after.vhost, name: after.name, after, because: 'TEST' };
};
const remove = (name: string): PolicyChange => ({ vhost: '/', name, after: undefined, because: 'TEST' });
const heldCodes = (list: readonly { readonly code: string }[]) => list.map(({ code }) => code);

describe('a plan', () => {
  it('shows for each queue what a step changes', () => {
    const { steps } = plan(cluster({ policies: [policy()], queues: [queue({ messages: 7 })] }), [
      put({ definition: { 'max-length': 100, ...mirrored } }),
    ]);
    expect(steps[0]?.effects).toMatchObject([
      { queue: 'orders.placed', messages: 7, before: { copies: 1 }, after: { copies: 3 }, resync: true },
    ]);
  });

  it('puts the replacement before the deletion, whatever the order of the findings', () => {
    const seen = cluster({ policies: [policy({ name: 'old', definition: mirrored, priority: 9 })], queues: [queue()] });
    const { steps, refused } = plan(seen, [remove('old'), put({ definition: mirrored })]);
    expect(steps.map(({ change }) => change.name)).toEqual(['orders', 'old']);
    expect(refused).toEqual([]);
  });

  it('refuses a step that takes copies away, also where a policy that hides another one does it', () => {
    const seen = cluster({ policies: [policy({ definition: mirrored })], queues: [queue()] });
    expect(heldCodes(plan(seen, [remove('orders')]).refused)).toEqual(['WOULD_LOWER_COPIES']);
    const hiding = put({ name: 'new', priority: 50, definition: { 'max-length': 5 } });
    expect(heldCodes(plan(seen, [hiding]).refused)).toEqual(['WOULD_LOWER_COPIES']);
    expect(plan({ ...seen, policies: [systemPolicy, ...seen.policies] }, [remove('orders')]).refused).toEqual([]);
  });

  it.each([
    ['max-length', { 'max-length': 6, ...mirrored }, { messages: 7 }],
    ['max-length-bytes', { 'max-length-bytes': 10, ...mirrored }, { messages: 1, messageBytes: 11 }],
    ['message-ttl', { 'message-ttl': 1, ...mirrored }, { messages: 1 }],
    ['expires', { expires: 1, ...mirrored }, {}],
  ])('refuses a %s that would throw messages away', (_key, definition, of) => {
    const seen = cluster({ policies: [policy({ definition: mirrored })], queues: [queue(of)] });
    expect(heldCodes(plan(seen, [put({ definition })]).refused)).toEqual(['WOULD_DROP_MESSAGES']);
  });

  it('postpones a resync of a deep queue, and none that changes no mirrors', () => {
    const deep = queue({ messages: limits.deepQueueMessages + 1 });
    const bare = cluster({ policies: [policy()], queues: [deep] });
    expect(heldCodes(plan(bare, [put({ definition: { 'max-length': 100, ...mirrored } })]).postponed)).toEqual([
      'DEEP_QUEUE',
    ]);
    const whole = cluster({ policies: [policy({ definition: mirrored })], queues: [deep] });
    expect(plan(whole, [put({ definition: { ...mirrored, 'max-length': 900_000 } })]).steps.length).toBe(1);
  });

  it('refuses to touch a queue for which nobody can say what applies', () => {
    const odd = policy({ name: 'odd', pattern: '(?i)^ORDERS', priority: 9, definition: mirrored });
    const seen = cluster({ policies: [odd, policy()], queues: [queue()] });
    expect(heldCodes(plan(seen, [remove('odd')]).refused)).toEqual(['UNDECIDED_EFFECT']);
    const elsewhere = plan(seen, [put({ name: 'other', pattern: '^billing', definition: mirrored })]);
    expect(elsewhere.steps.length).toBe(1);
  });

  it('never contains a policy of the service', () => {
    const change = put({ name: 'AWS-DEFAULT-POLICY-CLUSTER-MULTI-AZ', definition: mirrored });
    expect(heldCodes(plan(cluster(), [change]).refused)).toEqual(['AWS_OWNED']);
  });

  it.each([
    ['.', 'orders'],
    ['/', '..'],
  ])('never writes where the management API cannot: virtual host %j, policy %j', (vhost, name) => {
    const change = put({ vhost, name, definition: mirrored });
    expect(heldCodes(plan(cluster({ vhosts: ['/', vhost] }), [change]).refused)).toEqual(['UNWRITABLE_NAME']);
  });

  it('writes nothing into a virtual host where the broker does not follow the rules', () => {
    const seen = cluster({ policies: [policy()], queues: [queue({ policy: 'ghost' })] });
    const simulated = simulateCluster(seen, profileOf(seen.version));
    const facts = {
      cluster: seen,
      profile: profileOf(seen.version),
      limits,
      simulated,
      declared: new Set<string>(),
      histories: new Map(),
      nowMs: noonMs,
    };
    expect(heldCodes(planRemediation({ ...facts, changes: [put({ definition: mirrored })] }).refused)).toEqual([
      'SIMULATION_DISAGREES',
    ]);
  });
});

describe('the caps', () => {
  const steps = (count: number) => ({
    unplanned: 0,
    steps: Array.from({ length: count }, () => ({ change: put(), before: policy(), effects: [] })),
  });

  it.each([
    [10, 100, 0, []],
    [11, 100, 0, ['TOO_MANY_CHANGES']],
    [5, 100, 6, ['TOO_MANY_CHANGES']],
    [1, 1, 0, []],
    [2, 4, 0, ['TOO_LARGE_A_SHARE']],
  ])('judge %i steps of %i policies after %i changes', (count, policies, made, expected) => {
    expect(heldCodes(exceedsCaps(steps(count), policies, limits, made))).toEqual(expected);
  });

  it('count what nobody simulated', () => {
    const changes = Array.from({ length: 11 }, (_unused, at) => put({ name: `p${at}`, definition: mirrored }));
    const { unplanned, steps: none } = plan(cluster(), changes);
    expect([unplanned, none]).toEqual([11, []]);
    expect(heldCodes(exceedsCaps({ steps: [], unplanned }, 1_000, limits, 0))).toEqual(['TOO_MANY_CHANGES']);
  });
});

describe('earlier attempts', () => {
  const text = desiredText(put());
  const tried = (times: number): PolicyHistory =>
    Array.from({ length: times }).reduce<PolicyHistory | undefined>(
      (history) => withAttempt(history, text, noonMs),
      undefined,
    ) ?? withAttempt(undefined, text, noonMs);
  const verdict = (history: PolicyHistory, afterSeconds: number, desired = text) => {
    const judged = attemptVerdict(history, desired, limits, noonMs + afterSeconds * 1_000);
    return judged.go ? 'go' : judged.code;
  };

  it('are followed by longer and longer waits, then by a person', () => {
    expect([verdict(tried(1), 299), verdict(tried(1), 300)]).toEqual(['BACKING_OFF', 'go']);
    expect([verdict(tried(2), 599), verdict(tried(2), 600)]).toEqual(['BACKING_OFF', 'go']);
    expect(verdict(tried(3), 1_000_000)).toBe('PARKED');
  });

  it('are forgotten once one took effect, or when something else is wanted', () => {
    expect(verdict(withEffect(tried(2), noonMs), 0)).toBe('go');
    expect(verdict(tried(3), 0, 'another wish')).toBe('go');
  });

  it('that took effect three times within the window are a fight', () => {
    const fought = [1, 2, 3].reduce((history) => withEffect(withAttempt(history, text, noonMs), noonMs), tried(1));
    expect([verdict(fought, 86_399), verdict(fought, 86_400)]).toEqual(['FLIP_FLOP', 'go']);
  });
});

describe('a rollback', () => {
  const record = (
    before: ReturnType<typeof policy> | null,
    after: ReturnType<typeof policy> | null,
    changes: Partial<ChangeRecord> = {},
  ) => ({ vhost: '/', name: 'orders', before, after, settledAs: 'effective', ...changes }) as ChangeRecord;
  const [first, second] = [policy({ priority: 1 }), policy({ priority: 2 })];

  it('writes before-images back, newest first, and deletes what was created', () => {
    const other = policy({ name: 'other' });
    const records = [record(first, second), record(null, other, { name: 'other' })];
    expect(planRollback(records, [second, other]).changes).toMatchObject([
      { name: 'other', after: undefined },
      { name: 'orders', after: { priority: 1 } },
    ]);
  });

  it('leaves alone what was put back already, what had no effect, and what somebody changed since', () => {
    expect(planRollback([record(first, second)], [first])).toEqual({ changes: [], held: [] });
    expect(planRollback([record(first, second, { settledAs: 'rejected' })], [second])).toEqual({
      changes: [],
      held: [],
    });
    expect(heldCodes(planRollback([record(first, second)], [policy({ priority: 7 })]).held)).toEqual(['CHANGED_SINCE']);
  });

  it('goes back to before the first of two writes, also when that one created the policy', () => {
    expect(planRollback([record(null, first), record(first, second)], [second]).changes).toMatchObject([
      { after: undefined },
    ]);
  });
});

describe('the guards', () => {
  const broker = { state: 'RUNNING', engine: 'rabbitmq', brokerId: 'b-1', actionsRequired: [] as string[] };

  it('let a healthy cluster pass, and name every reason at once otherwise', () => {
    expect(guardBlockers({ broker, cluster: cluster(), nowMs: noonMs })).toEqual([]);
    const nodes = [{ name: 'a', running: false, memoryAlarm: true, diskAlarm: true, partitions: ['b'] }];
    const spoiled = guardBlockers({
      nowMs: noonMs,
      broker: { ...broker, state: 'REBOOT_IN_PROGRESS', actionsRequired: ['RABBITMQ_DISK_ALARM'] },
      cluster: cluster({ nodes, queues: [queue({ state: 'syncing' })] }),
    });
    const expected = [
      'ACTION_REQUIRED',
      'NOT_RUNNING',
      'NODE_DOWN',
      'PARTITION',
      'MEMORY_ALARM',
      'DISK_ALARM',
      'SYNCHRONISING',
    ];
    expect(heldCodes(spoiled)).toEqual(expected);
  });
});

describe('what a plan asks of the broker and of itself', () => {
  const bounded = { 'max-length': 100, ...mirrored };

  it('refuses by name when a figure is absent that the change needs, and goes on where it needs none', () => {
    const mute = { messages: 'absent', messageBytes: 'absent' } as const;
    const seen = cluster({ policies: [policy({ definition: mirrored })], queues: [queue(mute)] });
    const { refused, steps } = plan(seen, [put({ definition: bounded })]);
    expect([steps, refused]).toMatchObject([[], [{ code: 'FIGURE_ABSENT', evidence: { figures: ['messages'] } }]]);
    expect(plan(seen, [put({ definition: { ...mirrored, 'queue-mode': 'lazy' } })]).steps.length).toBe(1);
    const bare = cluster({ policies: [policy()], queues: [queue(mute)] });
    expect(heldCodes(plan(bare, [put({ definition: bounded })]).refused)).toEqual(['FIGURE_ABSENT']);
    // Somebody makes such queues all the time; each is without a sample at first.
    const short = cluster({ policies: [policy()], queues: [queue({ ...mute, autoDelete: true })] });
    expect(plan(short, [put({ definition: bounded })]).steps.length).toBe(1);
  });

  it('refuses to delete what a queue has no substitute for', () => {
    const seen = cluster({ policies: [policy({ definition: bounded }), systemPolicy], queues: [queue()] });
    expect(plan(seen, [remove('orders')]).refused).toMatchObject([
      { code: 'WOULD_LOSE_PROTECTION', evidence: { lost: ['max-length'] } },
    ]);
    const alone = cluster({
      version: '4.0.5',
      policies: [policy({ definition: { 'queue-version': 2 } })],
      queues: [queue()],
    });
    expect(plan(alone, [remove('orders')]).refused).toMatchObject([
      { code: 'WOULD_LOSE_PROTECTION', evidence: { lost: ['policy'] } },
    ]);
    const dead = cluster({
      version: '4.0.5',
      policies: [
        policy({ definition: { 'dead-letter-exchange': 'dlx' } }),
        policy({ name: 'rest', pattern: '.*', priority: 1 }),
      ],
      queues: [queue()],
    });
    expect(heldCodes(plan(dead, [remove('orders')]).refused)).toEqual(['WOULD_DROP_MESSAGES']);
  });

  it('deletes nothing while the write that replaces it is held or refused, or the policy is not there', () => {
    const old = policy({ name: 'old', definition: bounded, priority: 9 });
    const seen = cluster({ policies: [old, systemPolicy], queues: [queue({ messages: 60 })] });
    const lower = put({ definition: { 'max-length': 5, ...mirrored }, priority: 20 });
    const codes = heldCodes(plan(seen, [lower, remove('old')]).refused);
    expect(codes).toEqual(['WOULD_DROP_MESSAGES', 'REPLACEMENT_NOT_IN_FORCE']);

    const parked: PolicyHistory = { ...withAttempt(undefined, desiredText(lower), noonMs), attempts: 99 };
    const histories = new Map([[policyKey('/', 'orders'), parked]]);
    const held = plan(seen, [lower, remove('old')], histories);
    expect(held.steps).toEqual([]);
    expect(heldCodes([...held.refused, ...held.postponed])).toContain('REPLACEMENT_NOT_IN_FORCE');

    const gone: PolicyChange = { ...remove('old'), replacedBy: ['declared'] };
    const covered = cluster({ policies: [old, policy({ definition: bounded })], queues: [queue()] });
    expect(heldCodes(plan(covered, [gone]).refused)).toEqual(['REPLACEMENT_NOT_IN_FORCE']);
    expect(plan(covered, [remove('old')]).steps.length).toBe(1);
  });

  it('lets a declaration leave a limit out, but opens no gap on the way', () => {
    const seen = cluster({ policies: [policy({ definition: bounded })], queues: [queue()] });
    const without = put({ definition: { ...mirrored, 'queue-mode': 'lazy' } });
    const declared = new Set([policyKey('/', 'orders'), policyKey('/', 'high')]);
    expect(heldCodes(plan(seen, [without]).refused)).toEqual(['WOULD_LOSE_PROTECTION']);
    expect(plan(seen, [without], new Map(), declared).steps.length).toBe(1);
    const high = put({ name: 'high', definition: bounded, priority: 20 });
    const both = plan(seen, [without, high], new Map(), declared);
    expect(both.steps.map(({ change }) => change.name)).toEqual(['high', 'orders']);
  });

  it('takes no alternate exchange away', () => {
    const routed = policy({ applyTo: 'all', definition: { ...bounded, 'alternate-exchange': 'unrouted' } });
    const seen = cluster({ policies: [routed], queues: [queue()] });
    const declared = new Set([policyKey('/', 'orders')]);
    const codes = (changes: readonly PolicyChange[]) => heldCodes(plan(seen, changes, new Map(), declared).refused);
    expect(codes([put({ applyTo: 'all', definition: bounded })])).toEqual(['WOULD_DROP_MESSAGES']);
    expect(codes([put({ name: 'over', applyTo: 'all', definition: bounded, priority: 9 })])).toEqual([
      'WOULD_DROP_MESSAGES',
    ]);
    expect(codes([put({ name: 'over', definition: bounded, priority: 9 })])).toEqual([]);
  });

  it('lets a young queue cast no doubt on its virtual host', () => {
    const seen = cluster({ policies: [policy()], queues: [queue({ effectiveDefinition: 'absent' })] });
    const simulated = simulateCluster(seen, profileOf(seen.version));
    const facts = {
      cluster: seen,
      profile: profileOf(seen.version),
      limits,
      simulated,
      histories: new Map(),
      nowMs: noonMs,
    };
    const changes = [put({ name: 'other', pattern: '^billing', definition: mirrored })];
    expect(planRemediation({ ...facts, declared: new Set<string>(), changes }).steps.length).toBe(1);
  });
});

describe('the guards on absent figures', () => {
  const broker = { state: 'RUNNING', engine: 'rabbitmq', brokerId: 'b-1', actionsRequired: [] as string[] };

  it.each(['memoryAlarm', 'diskAlarm', 'partitions'] as const)('an absent %s is no quiet one', (figure) => {
    const { nodes } = cluster();
    const muted = nodes.map((node, index) => (index === 1 ? { ...node, [figure]: 'absent' as const } : node));
    expect(guardBlockers({ broker, cluster: cluster({ nodes: muted }), nowMs: noonMs })).toMatchObject([
      { code: 'FIGURE_ABSENT', evidence: { figure, nodes: ['rabbit@b'] } },
    ]);
  });

  it('old figures and a cluster without nodes refuse as well', () => {
    expect(heldCodes(guardBlockers({ broker, cluster: cluster(), nowMs: noonMs + 40_001 }))).toEqual(['FIGURES_STALE']);
    expect(heldCodes(guardBlockers({ broker, cluster: cluster({ nodes: [] }), nowMs: noonMs }))).toEqual([
      'FIGURE_ABSENT',
    ]);
  });
});
