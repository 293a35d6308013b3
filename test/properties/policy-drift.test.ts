import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copiesOf } from '../../functions/policy-drift/copies.ts';
import { simulateCluster, VhostPolicies } from '../../functions/policy-drift/effective-policy.ts';
import { findDrift } from '../../functions/policy-drift/find-drift.ts';
import { sameDefinition } from '../../functions/policy-drift/merge-definitions.ts';
import { bytesOf, compilePattern } from '../../functions/policy-drift/pattern.ts';
import type { RabbitCluster, RabbitPolicy, RabbitQueue } from '../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { planRemediation } from '../../functions/policy-drift/remediation-plan.ts';
import { applyChange } from '../../functions/policy-drift/simulate-change.ts';
import { appliedPolicy, mergedDefinition } from '../../simulator/world/rabbitmq/applied-policy.ts';
import type { StoredPolicy } from '../../simulator/world/rabbitmq/policy.ts';
import { noonMs } from '../support/brokers.ts';
import { cluster, config, mirrored, policy, profileOf, queue, systemPolicy } from '../support/rabbit.ts';

/*
 * A brute-force matcher written from the rules in docs/rabbitmq.md 2: patterns are trees that are walked over bytes,
 * and every policy is looked at. It shares no code with the simulation.
 */

type Node =
  | { readonly kind: 'byte'; readonly text: string; readonly test: (byte: number) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly sign: '*' | '+' | '?' };

const textOf = (node: Node): string => {
  switch (node.kind) {
    case 'byte':
      return node.text;
    case 'start':
      return '^';
    case 'end':
      return '$';
    case 'sequence':
      return node.of.map(textOf).join('');
    case 'choice':
      return `(${node.of.map(textOf).join('|')})`;
    case 'repeat':
      return `${textOf(node.of)}${node.sign}`;
  }
};

/** Where a node that begins at one of the places may end. */
const ends = (node: Node, bytes: Uint8Array, places: ReadonlySet<number>): ReadonlySet<number> => {
  switch (node.kind) {
    case 'byte':
      return new Set([...places].filter((at) => at < bytes.length && node.test(bytes[at] ?? 0)).map((at) => at + 1));
    case 'start':
      return new Set([...places].filter((at) => at === 0));
    case 'end':
      return new Set([...places].filter((at) => at === bytes.length));
    case 'sequence':
      return node.of.reduce((from, part) => ends(part, bytes, from), places);
    case 'choice':
      return new Set(node.of.flatMap((part) => [...ends(part, bytes, places)]));
    case 'repeat': {
      const reached = new Set(node.sign === '+' ? [] : places);
      let front: ReadonlySet<number> = places;
      do {
        front = new Set([...ends(node.of, bytes, front)].filter((at) => !reached.has(at)));
        for (const at of front) reached.add(at);
      } while (node.sign !== '?' && front.size > 0);
      return reached;
    }
  }
};

const found = (node: Node, name: string): boolean => {
  const bytes = new TextEncoder().encode(name);
  const places = new Set(Array.from({ length: bytes.length + 1 }, (_unused, at) => at));
  return ends(node, bytes, places).size > 0;
};

const literal = (character: string): Node => {
  const bytes = [...new TextEncoder().encode(character)];
  const parts = bytes.map((byte): Node => ({ kind: 'byte', text: '', test: (other) => other === byte }));
  const text = /[.+]/.test(character) ? `\\${character}` : character;
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'byte') return { ...only, text };
  return {
    kind: 'sequence',
    of: parts.map((part, at) => (part.kind === 'byte' ? { ...part, text: at === 0 ? text : '' } : part)),
  };
};

const code = (character: string): number => character.charCodeAt(0);
const atom = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', '.', '-', '1', 'é').map(literal) },
  { weight: 1, arbitrary: fc.constant<Node>({ kind: 'byte', text: '.', test: (byte) => byte !== 10 }) },
  {
    weight: 1,
    arbitrary: fc.constant<Node>({
      kind: 'byte',
      text: '[a-b.]',
      test: (byte) => [code('a'), code('b'), code('.')].includes(byte),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Node>({ kind: 'byte', text: '[^a]', test: (byte) => byte !== code('a') }) },
  { weight: 1, arbitrary: fc.constant<Node>({ kind: 'byte', text: '\\d', test: (byte) => byte >= 48 && byte <= 57 }) },
);
const single = atom.filter((node) => node.kind === 'byte');
const part = fc.oneof(
  { weight: 6, arbitrary: atom },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('repeat' as const),
      of: single,
      sign: fc.constantFrom('*' as const, '+' as const, '?' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.array(atom, { maxLength: 3 }), { minLength: 2, maxLength: 3 })
      .map((options): Node => ({ kind: 'choice', of: options.map((of) => ({ kind: 'sequence', of })) })),
  },
);
const pattern = fc.tuple(fc.boolean(), fc.array(part, { maxLength: 5 }), fc.boolean()).map(
  ([start, parts, end]): Node => ({
    kind: 'sequence',
    of: [...(start ? [{ kind: 'start' as const }] : []), ...parts, ...(end ? [{ kind: 'end' as const }] : [])],
  }),
);
const name = fc
  .array(fc.constantFrom('a', 'b', 'c', '.', '-', '1', 'é'), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(''));

const definition = fc
  .record(
    {
      'max-length': fc.constantFrom(5, 9),
      'ha-mode': fc.constant('all'),
      'delivery-limit': fc.constant(3),
      'queue-mode': fc.constant('lazy'),
      expires: fc.constant(1_000),
    },
    { requiredKeys: [] },
  )
  .map((value) => value as RabbitPolicy['definition']);
const applyTo = fc.constantFrom('all', 'queues', 'exchanges', 'classic_queues', 'quorum_queues', 'streams');

interface Ruled {
  readonly policy: RabbitPolicy;
  readonly tree: Node;
}

const ruled = fc.record({ tree: pattern, definition, applyTo, priority: fc.integer({ min: 0, max: 4 }) });
const policies = fc.array(ruled, { maxLength: 8 }).map((list): readonly Ruled[] =>
  list.map(({ tree, ...rest }, at) => ({
    tree,
    policy: { ...rest, vhost: '/', name: `p${at}`, pattern: textOf(tree) },
  })),
);
const type = fc.constantFrom('classic' as const, 'quorum' as const, 'stream' as const);

/** Keys that void a policy, as docs/rabbitmq.md 2.5 lists them, of those that are generated here. */
const voids = {
  classic: ['delivery-limit'],
  quorum: ['ha-mode', 'queue-mode'],
  stream: ['max-length', 'ha-mode', 'delivery-limit', 'queue-mode', 'expires'],
};
const scopes = { classic: 'classic_queues', quorum: 'quorum_queues', stream: 'streams' };

/** Every policy that RabbitMQ may pick: those of the highest priority that cover the queue. */
const candidates = (
  rules: readonly Ruled[],
  of: Pick<RabbitQueue, 'name' | 'type'> & { type: keyof typeof voids },
): readonly RabbitPolicy[] => {
  const covering = rules.filter(
    (rule) =>
      ['all', 'queues', scopes[of.type]].includes(rule.policy.applyTo) &&
      !voids[of.type].some((key) => key in rule.policy.definition) &&
      found(rule.tree, of.name),
  );
  const highest = Math.max(...covering.map((rule) => rule.policy.priority));
  return covering.filter((rule) => rule.policy.priority === highest).map((rule) => rule.policy);
};

describe('a pattern inside the common subset', () => {
  it('matches what a walk over its tree and the bytes of the name matches', () => {
    let decided = 0;
    fc.assert(
      fc.property(pattern, name, (tree, text) => {
        const says = compilePattern(textOf(tree)).matches(bytesOf(text));
        if (says === 'undecided') return;
        decided += 1;
        expect(says).toBe(found(tree, text) ? 'yes' : 'no');
      }),
      { numRuns: 3_000, seed: 11 },
    );
    // The subset would be worth nothing if it left most patterns open.
    expect(decided).toBeGreaterThan(2_000);
  });

  it('has the texts that it is looked up by in every name that it matches', () => {
    fc.assert(
      fc.property(pattern, name, (tree, text) => {
        const { prefix = '', contains = '', matches } = compilePattern(textOf(tree));
        if (matches(bytesOf(text)) !== 'yes') return;
        expect(bytesOf(text).startsWith(prefix) && bytesOf(text).includes(contains)).toBe(true);
      }),
      { numRuns: 2_000, seed: 12 },
    );
  });

  it('is never claimed of text that is no plain pattern, and nothing is ever thrown', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'ab01^$.*+?()[]{}|\\-:=!<>,dwsiQEx#\né'), maxLength: 12 });
    fc.assert(
      fc.property(odd, name, (text, of) => {
        expect(['yes', 'no', 'undecided']).toContain(compilePattern(text).matches(bytesOf(of)));
      }),
      { numRuns: 3_000, seed: 13 },
    );
  });
});

describe('the simulation of effective policies', () => {
  it('picks what brute force picks, and leaves ties open', () => {
    let decided = 0;
    fc.assert(
      fc.property(policies, fc.array(fc.tuple(name, type), { minLength: 1, maxLength: 4 }), (rules, queues) => {
        const simulated = new VhostPolicies(
          rules.map((rule) => rule.policy),
          [],
          profileOf('3.13.7'),
        );
        for (const [text, of] of queues) {
          const effective = simulated.effective({ name: text, type: of });
          const possible = candidates(rules, { name: text, type: of });
          if (possible.length > 1) expect(effective.decided).toBe(false);
          if (!effective.decided) continue;
          decided += 1;
          expect(effective.policy?.name).toBe(possible[0]?.name);
        }
      }),
      { numRuns: 2_000, seed: 21 },
    );
    expect(decided).toBeGreaterThan(2_000);
  });

  it('agrees with the embedded broker, operator policies and merging included', () => {
    const version = fc.constantFrom(
      '3.8.35',
      '3.9.29',
      '3.10.8',
      '3.11.28',
      '3.12.14',
      '3.13.7',
      '4.0.5',
      '4.2.9',
      '4.3.5',
    );
    fc.assert(
      fc.property(policies, policies, name, type, version, (users, operators, text, of, at) => {
        // Streams came with 3.9.
        if (of === 'stream' && at === '3.8.35') return;
        const both = new VhostPolicies(
          users.map((rule) => rule.policy),
          operators.map((rule) => rule.policy),
          profileOf(at),
        );
        const effective = both.effective({ name: text, type: of });
        if (!effective.decided) return;
        const stored = (rules: readonly Ruled[]): StoredPolicy[] =>
          rules.map(({ policy: { applyTo: scope, ...rest } }) => ({ ...rest, 'apply-to': scope }));
        const asked = { vhost: '/', name: text, type: of };
        const user = appliedPolicy(stored(users), asked, at);
        const merged = mergedDefinition(user, appliedPolicy(stored(operators), asked, at));
        expect(effective.policy?.name).toBe(user?.name);
        expect(sameDefinition(effective.definition, merged as RabbitPolicy['definition'])).toBe(true);
      }),
      { numRuns: 2_000, seed: 22 },
    );
  });
});

describe('a remediation plan', () => {
  const mode = fc.constantFrom(
    {},
    mirrored,
    { 'ha-mode': 'exactly', 'ha-params': 2, 'ha-sync-mode': 'manual' },
    { 'max-length': 9 },
  );
  const scene = fc.record({
    version: fc.constantFrom('3.9.27', '3.10.20', '3.13.7', '4.2.1'),
    policies: fc.array(
      fc.record({
        pattern: fc.constantFrom('.*', '^a', '^b', 'a$', '^ab', '(?i)x'),
        definition: mode,
        priority: fc.integer({ min: 1, max: 5 }),
      }),
      { maxLength: 5 },
    ),
    queues: fc.array(
      fc.record({
        name,
        type: fc.constantFrom('classic' as const, 'quorum' as const),
        messages: fc.constantFrom(0, 5, 50_000),
      }),
      { maxLength: 5 },
    ),
    declared: fc.array(
      fc.record({
        pattern: fc.constantFrom('.*', '^a', '^b'),
        definition: fc.constantFrom({ 'max-length': 7 }, { expires: 60_000 }),
        priority: fc.integer({ min: 1, max: 6 }),
      }),
      { maxLength: 3 },
    ),
    undeclared: fc.constantFrom('report', 'remove'),
  });

  const clusterOf = (
    version: string,
    users: readonly RabbitPolicy[],
    queues: readonly RabbitQueue[],
  ): RabbitCluster => {
    const bare = cluster({ version, policies: users, queues });
    const simulated = simulateCluster(bare, profileOf(version));
    return {
      ...bare,
      queues: simulated.map(({ queue: of, effective }) =>
        effective.decided ? { ...of, policy: effective.policy?.name, effectiveDefinition: effective.definition } : of,
      ),
    };
  };

  it('never lowers the copies of a queue, drops no message, leaves the service alone, and is done when it is done', () => {
    let steps = 0;
    fc.assert(
      fc.property(scene, ({ version, policies: seeds, queues, declared, undeclared }) => {
        const profile = profileOf(version);
        const users = [
          systemPolicy,
          ...seeds.map((seed, at) =>
            policy({
              ...seed,
              name: `p${at}`,
              definition: Object.keys(seed.definition).length > 0 ? seed.definition : { 'max-length': 5_000 },
            }),
          ),
        ];
        const settings = config({
          policies: declared.map((each, at) => ({ ...each, vhost: '/', name: `d${at}` })),
          undeclared,
          limits: { maxChanges: 100 },
        });
        const unique = [...new Map(queues.map((each) => [each.name, each])).values()];
        const members = ['rabbit@a', 'rabbit@b', 'rabbit@c'];
        let now = clusterOf(
          version,
          users,
          unique.map((each) => queue({ ...each, members: each.type === 'quorum' ? members : [] })),
        );
        const plan = (at: RabbitCluster) => {
          const drift = findDrift({
            cluster: at,
            profile,
            config: settings,
            instanceType: 'mq.m5.large',
            serviceHadItsTime: true,
            nowMs: noonMs,
          });
          return planRemediation({
            cluster: at,
            profile,
            limits: settings.limits,
            changes: drift.changes,
            declared: drift.declared,
            simulated: drift.simulated,
            histories: new Map(),
            nowMs: noonMs,
          });
        };
        const copies = (at: RabbitCluster) =>
          new Map(
            simulateCluster(at, profile).flatMap(({ queue: of, effective }) =>
              effective.decided ? [[of.name, copiesOf(of, effective.definition, at, profile)] as const] : [],
            ),
          );
        // A run judges anew before each write, so what one step makes possible follows in the same run.
        for (let made = 0; made < 20; made++) {
          const [step] = plan(now).steps;
          if (step === undefined) break;
          steps += 1;
          expect(step.change.name).not.toContain('AWS');
          const next = clusterOf(
            version,
            applyChange(now.policies, step.change),
            now.queues.map((of) => ({ ...of, policy: undefined, effectiveDefinition: {} })),
          );
          for (const [of, count] of copies(now)) {
            // A queue that becomes undecided has no count; the plan must not let that happen either.
            expect(copies(next).get(of) ?? 0).toBeGreaterThanOrEqual(count);
          }
          now = next;
        }
        expect(plan(now).steps).toEqual([]);
      }),
      { numRuns: 400, seed: 31 },
    );
    expect(steps).toBeGreaterThan(200);
  });
});
