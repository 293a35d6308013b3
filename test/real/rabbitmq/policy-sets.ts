import type { RabbitPolicy } from '../../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import type { Random } from '../../../simulator/world/seeded-random.ts';

/** A policy as the management API takes it, with its name. */
type WantedPolicy = Pick<RabbitPolicy, 'name' | 'pattern' | 'applyTo' | 'definition' | 'priority'>;

/** Queues and policies of one virtual host, and one change of one policy. */
export interface PolicySet {
  readonly name: string;
  readonly classic: readonly string[];
  readonly quorum: readonly string[];
  readonly policies: readonly WantedPolicy[];
  readonly operatorPolicies: readonly WantedPolicy[];
  /** What the policy of this name becomes; undefined deletes it. */
  readonly change: { readonly name: string; readonly after: WantedPolicy | undefined };
}

/** What a version's broker takes: others it refuses with 400. */
export interface Vocabulary {
  readonly mirroring: boolean;
  readonly applyTo: readonly string[];
}

const policy = (name: string, pattern: string, more: Partial<WantedPolicy> = {}): WantedPolicy => ({
  name,
  pattern,
  applyTo: 'queues',
  definition: { 'max-length': 100 },
  priority: 1,
  ...more,
});

const limit = (length: number) => ({ 'max-length': length });

const ordinaryNames = ['orders.placed', 'orders.cancelled', 'audit', 'eu-audit', 'Orders'];

/** Names that a pattern, a path or a table could stumble over. */
const oddNames = [
  'a/b',
  'with space',
  '100%',
  '%2F',
  'größe',
  '注文',
  'dots..',
  'x'.repeat(255),
  'dollar$',
  'plus+plus',
  '"quoted"',
];

const set = (name: string, parts: Partial<PolicySet> & Pick<PolicySet, 'policies' | 'change'>): PolicySet => ({
  name,
  classic: ordinaryNames,
  quorum: ['orders.quorum'],
  operatorPolicies: [],
  ...parts,
});

/** Sets that a person thought of, one rule of RabbitMQ each; docs/rabbitmq.md 2. */
const ruleSets = ({ mirroring }: Vocabulary): readonly PolicySet[] => {
  const mirrored = mirroring ? { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' } : {};
  const two = mirroring ? { 'ha-mode': 'exactly', 'ha-params': 2 } : { 'max-length-bytes': 4_096 };
  return [
    set('no policy', { policies: [], change: { name: 'first', after: policy('first', '.*') } }),
    set('higher priority wins', {
      policies: [policy('low', '.*'), policy('high', '^orders', { definition: limit(7), priority: 9 })],
      change: { name: 'high', after: undefined },
    }),
    set('negative priority', {
      policies: [policy('below', '.*', { priority: -5, definition: limit(5) })],
      change: { name: 'above', after: policy('above', 'audit', { priority: 0, definition: limit(6) }) },
    }),
    set('equal priorities', {
      policies: [policy('one', 'o', { definition: limit(1) }), policy('other', 'r', { definition: limit(2) })],
      change: { name: 'other', after: policy('other', 'r', { definition: limit(3) }) },
    }),
    set('unanchored', {
      policies: [policy('inner', 'dit')],
      change: { name: 'inner', after: policy('inner', 'dit$') },
    }),
    set('case matters', {
      policies: [policy('lower', '^orders')],
      change: { name: 'lower', after: policy('lower', '^O') },
    }),
    set('exchanges only', {
      policies: [
        policy('fanout', '.*', { applyTo: 'exchanges', definition: { 'alternate-exchange': 'x' }, priority: 9 }),
      ],
      change: { name: 'all', after: policy('all', '.*', { applyTo: 'all', definition: limit(11) }) },
    }),
    set('copies', {
      policies: [policy('copies', '^orders', { definition: { ...limit(50), ...two } })],
      change: { name: 'copies', after: policy('copies', '^orders', { definition: { ...limit(51), ...mirrored } }) },
    }),
    set('void for quorum queues', {
      policies: [
        policy('classic', '^orders', { definition: { ...limit(20), ...mirrored, 'queue-mode': 'lazy' }, priority: 8 }),
        policy('any', '.*', { definition: limit(21) }),
      ],
      change: { name: 'classic', after: policy('classic', '^orders', { definition: limit(22), priority: 8 }) },
    }),
    set('void for classic queues', {
      policies: [
        policy('limit', '.*', { definition: { 'delivery-limit': 3 }, priority: 8 }),
        policy('any', '.*', { definition: limit(23) }),
      ],
      change: { name: 'limit', after: undefined },
    }),
    set('operator policy, the smaller number wins', {
      policies: [policy('user', '.*', { definition: { 'max-length': 500, 'message-ttl': 1_000 } })],
      operatorPolicies: [policy('guard', '^orders', { definition: { 'max-length': 90, 'message-ttl': 2_000 } })],
      change: { name: 'user', after: policy('user', '.*', { definition: { 'max-length': 60 } }) },
    }),
    set('operator policy alone', {
      policies: [],
      operatorPolicies: [policy('guard', '.*', { definition: limit(77) })],
      change: { name: 'user', after: policy('user', 'audit', { definition: { 'message-ttl': 60_000 } }) },
    }),
    set('odd names/%2F ü', {
      classic: oddNames,
      quorum: ['quorum/ü'],
      policies: [
        policy('by/space', 'with space', { definition: limit(31), priority: 2 }),
        policy('percent%', '%', { definition: limit(32), priority: 3 }),
        policy('ü', 'gr.+e$', { definition: limit(33), priority: 4 }),
        policy('long', '^x+$', { definition: limit(34), priority: 5 }),
        policy('dots', '\\.\\.$', { definition: limit(35), priority: 6 }),
        policy('signs', '[$+]', { definition: limit(36), priority: 7 }),
      ],
      change: { name: 'percent%', after: policy('percent%', '^[^/]*$', { definition: limit(40), priority: 9 }) },
    }),
    set('bytes, not characters', {
      classic: ['größe', '注文', 'plain'],
      policies: [
        // "größe" has five characters in seven bytes, "注文" two in six.
        policy('five', '^.{5}$', { definition: limit(51), priority: 5 }),
        policy('six', '^.{6}$', { definition: limit(52), priority: 4 }),
        policy('continued', '^[^ -~]+$', { definition: limit(53), priority: 3 }),
      ],
      change: { name: 'five', after: policy('five', '^.{7}$', { definition: limit(54), priority: 5 }) },
    }),
    set('beyond the common subset', {
      policies: [
        policy('folded', '(?i)^orders', { definition: limit(41), priority: 9 }),
        policy('possessive', '^a++', { definition: limit(42), priority: 8 }),
        policy('posix', '^[[:lower:]]+$', { definition: limit(43), priority: 7 }),
      ],
      change: { name: 'folded', after: undefined },
    }),
  ];
};

const oneOf = <T>(random: Random, values: readonly [T, ...T[]]): T =>
  values[Math.floor(random() * values.length)] ?? values[0];

/** Atoms inside and outside the subset that the simulation decides. */
const atoms = [
  ...['o', 'orders', 'audit', 'eu', '-', '\\.', '.', '.*', '.+', '[a-c]', '[^a]', '\\d', '\\w+', '(eu|us)', '(?:a|o)'],
  ...['a?', 'b{1,2}', 'x*', '\\-', '$', '\\bx', '(?i)e', '[[:digit:]]'],
] as const;

const letters = ['orders', 'audit', 'eu', 'us', 'a', 'b', '-', '.a', '1', 'x'] as const;

const several = <T>(random: Random, most: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: 1 + Math.floor(random() * most) }, (_unused, index) => make(index));

const randomPattern = (random: Random): string =>
  `${random() < 0.5 ? '^' : ''}${several(random, 3, () => oneOf(random, [...atoms])).join('')}${random() < 0.2 ? '$' : ''}`;

const randomPolicy = (random: Random, { mirroring, applyTo }: Vocabulary, name: string): WantedPolicy => ({
  name,
  pattern: randomPattern(random),
  applyTo: oneOf(random, ['queues', ...applyTo]),
  // A number of its own tells the policy's definition from every other one.
  definition: {
    'max-length': 1_000 + Math.floor(random() * 1_000_000),
    ...(random() < 0.3 && { 'message-ttl': 60_000 + Math.floor(random() * 60_000) }),
    ...(random() < 0.2 && { 'delivery-limit': 5 }),
    ...(random() < 0.3 && { overflow: 'reject-publish' }),
    ...(mirroring && random() < 0.2 && { 'queue-mode': 'lazy' }),
    ...(mirroring && random() < 0.3 && { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' }),
  },
  priority: Math.floor(random() * 8) - 1,
});

const randomSet = (random: Random, vocabulary: Vocabulary, name: string): PolicySet => {
  const names = new Set(several(random, 6, () => several(random, 4, () => oneOf(random, [...letters])).join('')));
  const policies = several(random, 5, (index) => randomPolicy(random, vocabulary, `policy-${index}`));
  const changed = oneOf(random, ['policy-0', 'policy-1', 'new']);
  return {
    name,
    classic: [...names],
    quorum: [...names].slice(0, 2).map((queue) => `${queue}.q`),
    policies,
    operatorPolicies:
      random() < 0.4
        ? [
            {
              ...policy('operator', randomPattern(random)),
              definition: { 'max-length': 500 + Math.floor(random() * 100_000) },
            },
          ]
        : [],
    change: {
      name: changed,
      after: random() < 0.25 ? undefined : randomPolicy(random, vocabulary, changed),
    },
  };
};

/** Hand-written sets and `count` random ones, the same for one stream of random numbers. */
export const policySets = (vocabulary: Vocabulary, random: Random, count: number): readonly PolicySet[] => [
  ...ruleSets(vocabulary),
  ...Array.from({ length: count }, (_unused, index) => randomSet(random, vocabulary, `random ${index}`)),
];
