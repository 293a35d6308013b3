import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardBlockers } from '../../functions/policy-drift/drift-guards.ts';
import { simulateCluster } from '../../functions/policy-drift/effective-policy.ts';
import { findDrift } from '../../functions/policy-drift/find-drift.ts';
import { canonicalText } from '../../functions/policy-drift/merge-definitions.ts';
import type {
  PolicyDefinition,
  RabbitCluster,
  RabbitNode,
  RabbitQueue,
} from '../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { planRemediation } from '../../functions/policy-drift/remediation-plan.ts';
import { noonMs } from '../support/brokers.ts';
import { cluster, config, mirrored, policy, profileOf, queue, systemPolicy } from '../support/rabbit.ts';

/** Settings with and without each kind of loss. */
const definition = fc.constantFrom<PolicyDefinition>(
  { 'max-length': 50 },
  { 'max-length': 50, overflow: 'reject-publish' },
  { 'max-length': 500, ...mirrored },
  { 'max-length-bytes': 5_000, ...mirrored },
  { 'max-length-bytes': 50_000, 'max-length': 30_000 },
  { 'message-ttl': 60_000 },
  { 'dead-letter-exchange': 'dlx', 'max-length': 400 },
  { 'queue-mode': 'lazy' },
  { 'delivery-limit': 5 },
  { ...mirrored },
);
const pattern = fc.constantFrom('.*', '^a', '^b', '^ab');
const name = fc.constantFrom('a', 'b', 'ab', 'abc', 'bc');

const scene = fc.record({
  version: fc.constantFrom('3.9.27', '3.10.8', '3.13.7', '4.0.5'),
  live: fc.array(fc.record({ pattern, definition, priority: fc.integer({ min: 2, max: 5 }) }), { maxLength: 4 }),
  queues: fc.uniqueArray(
    fc.record({
      name,
      type: fc.constantFrom('classic' as const, 'quorum' as const),
      messages: fc.constantFrom(0, 100, 20_000),
      messageBytes: fc.constantFrom(0, 10_000, 9_000_000),
      arguments: fc.constantFrom<PolicyDefinition>({}, { 'max-length': 60 }),
      autoDelete: fc.boolean(),
    }),
    { selector: (of) => of.name, minLength: 1, maxLength: 4 },
  ),
  declared: fc.array(fc.record({ pattern, definition, priority: fc.integer({ min: 2, max: 6 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  undeclared: fc.constantFrom('report', 'remove'),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

const clusterOf = ({ version, live, queues }: Scene): RabbitCluster => {
  const policies = [systemPolicy, ...live.map((each, at) => policy({ ...each, name: `p${at}` }))];
  const members = ['rabbit@a', 'rabbit@b', 'rabbit@c'];
  const bare = cluster({
    version,
    policies,
    queues: queues.map((each) => queue({ ...each, members: each.type === 'quorum' ? members : [] })),
  });
  return {
    ...bare,
    queues: simulateCluster(bare, profileOf(version)).map(({ queue: of, effective }) =>
      effective.decided ? { ...of, policy: effective.policy?.name, effectiveDefinition: effective.definition } : of,
    ),
  };
};

/** The changes of a first judgement that may be made, each by itself, as text. */
const writesOf = (seen: RabbitCluster, { declared, undeclared }: Scene): ReadonlySet<string> => {
  const profile = profileOf(seen.version);
  const settings = config({
    policies: declared.map((each, at) => ({ ...each, vhost: '/', name: `d${at}` })),
    undeclared,
    limits: { maxChanges: 100 },
  });
  const facts = { cluster: seen, profile, nowMs: noonMs };
  const drift = findDrift({ ...facts, config: settings, instanceType: 'mq.m5.large', serviceHadItsTime: true });
  const { changes, declared: wanted, simulated } = drift;
  // Each change by itself: what one of them opens or closes for another one is the plan's matter, not the figure's.
  const made = changes.flatMap((change) => {
    const plan = planRemediation({
      ...facts,
      limits: settings.limits,
      changes: [change],
      declared: wanted,
      simulated,
      histories: new Map(),
    });
    return plan.steps.map(() => canonicalText({ name: change.name, after: { ...change.after } }));
  });
  return new Set(made);
};

const withQueue = (seen: RabbitCluster, at: number, changes: Partial<RabbitQueue>): RabbitCluster => ({
  ...seen,
  queues: seen.queues.map((each, index) => (index === at ? { ...each, ...changes } : each)),
});

describe('a figure that the broker does not show', () => {
  it.each(['messages', 'messageBytes'] as const)(
    'leaves no write of a plan that some value of a queue’s %s would forbid',
    (figure) => {
      let hindered = 0;
      fc.assert(
        fc.property(scene, fc.nat(), (drawn, pick) => {
          const seen = clusterOf(drawn);
          const at = pick % seen.queues.length;
          const absent = writesOf(withQueue(seen, at, { [figure]: 'absent' }), drawn);
          const isShortLived = seen.queues[at]?.autoDelete === true;
          // A deep queue is only postponed, and one that goes with its consumers is not waited for: 20,000 is no bar to it.
          const values = isShortLived ? [0, 1, 9_000] : [0, 1, 9_000, 9_000_000_000];
          for (const value of values) {
            const known = writesOf(withQueue(seen, at, { [figure]: value }), drawn);
            for (const write of absent) expect(known).toContain(write);
            if (known.size > absent.size) hindered += 1;
          }
        }),
        { numRuns: 600, seed: 41 },
      );
      // The property would say nothing if no write ever needed the figure.
      expect(hindered).toBeGreaterThan(50);
    },
  );

  it('leaves no write at all when it is one of a node', () => {
    const figures = ['memoryAlarm', 'diskAlarm', 'partitions'] as const satisfies readonly (keyof RabbitNode)[];
    fc.assert(
      fc.property(scene, fc.constantFrom(...figures), fc.nat(2), (drawn, figure, at) => {
        const seen = clusterOf(drawn);
        const nodes = seen.nodes.map((node, index) => (index === at ? { ...node, [figure]: 'absent' as const } : node));
        const broker = { state: 'RUNNING' as const, engine: 'rabbitmq' as const, brokerId: 'b-1', actionsRequired: [] };
        const codes = guardBlockers({ broker, cluster: { ...seen, nodes }, nowMs: noonMs }).map(({ code }) => code);
        expect(codes).toEqual(['FIGURE_ABSENT']);
      }),
      { numRuns: 100, seed: 42 },
    );
  });
});
