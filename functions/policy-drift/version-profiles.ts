import type { JsonValue } from '../config/json-value.ts';
import { type VoidKeys, voidKeysOf } from './void-keys.ts';

/** What a family of RabbitMQ versions does with policies and copies, as far as drift depends on it. */
export interface VersionProfile {
  readonly family: '3.8–3.10' | '3.11' | '3.12' | '3.13' | '4.x';
  /** Whether classic queues can be mirrored; docs/rabbitmq.md 3.1. */
  readonly mirroring: boolean;
  /** `data-loss`: Amazon MQ does not support quorum queues there; docs/rabbitmq.md 3.2. */
  readonly quorumQueues: 'data-loss' | 'supported';
  /** Whether `apply-to` can name a queue type; docs/rabbitmq.md 2.3. */
  readonly applyToTypes: boolean;
  /** Whether Amazon MQ keeps an operator policy with `ha-mode: all` in every virtual host; docs/rabbitmq.md 4.3. */
  readonly operatorMirroring: boolean;
  /** Deliveries after which a quorum queue without `delivery-limit` gives a message up; undefined: never. docs/rabbitmq.md 3.3. */
  readonly defaultDeliveryLimit: number | undefined;
  /** Keys of which one makes a whole policy void for a queue of that type; docs/rabbitmq.md 2.5. */
  readonly voidKeys: VoidKeys;
}

/** What every policy of a classic queue must say where mirroring exists; docs/rabbitmq.md 4.1. */
export const requiredMirroring: Readonly<Record<string, JsonValue>> = {
  'ha-mode': 'all',
  'ha-sync-mode': 'automatic',
};

/** Keys of classic mirroring; docs/rabbitmq.md 3.1. */
export const mirroringKeys: readonly string[] = [
  'ha-mode',
  'ha-params',
  'ha-sync-mode',
  'ha-sync-batch-size',
  'ha-promote-on-shutdown',
  'ha-promote-on-failure',
];

const families: readonly (Omit<VersionProfile, 'voidKeys'> & { readonly matches: RegExp })[] = [
  {
    family: '3.8–3.10',
    matches: /^3\.(8|9|10)(\.|$)/,
    mirroring: true,
    quorumQueues: 'data-loss',
    applyToTypes: false,
    operatorMirroring: false,
    defaultDeliveryLimit: undefined,
  },
  {
    family: '3.11',
    matches: /^3\.11(\.|$)/,
    mirroring: true,
    quorumQueues: 'data-loss',
    applyToTypes: false,
    operatorMirroring: true,
    defaultDeliveryLimit: undefined,
  },
  {
    family: '3.12',
    matches: /^3\.12(\.|$)/,
    mirroring: true,
    quorumQueues: 'data-loss',
    applyToTypes: true,
    operatorMirroring: true,
    defaultDeliveryLimit: undefined,
  },
  {
    family: '3.13',
    matches: /^3\.13(\.|$)/,
    mirroring: true,
    quorumQueues: 'supported',
    applyToTypes: true,
    operatorMirroring: true,
    defaultDeliveryLimit: undefined,
  },
  {
    family: '4.x',
    matches: /^4\.\d+(\.|$)/,
    mirroring: false,
    quorumQueues: 'supported',
    applyToTypes: true,
    operatorMirroring: false,
    defaultDeliveryLimit: 20,
  },
];

/** The profile of a version such as `3.13.7`; undefined for one that has not been examined. */
export const profileFor = (version: string): VersionProfile | undefined => {
  const known = profiles.get(version);
  if (known !== undefined) return known;
  const family = families.find(({ matches }) => matches.test(version));
  if (family === undefined) return undefined;
  const profile = { ...family, voidKeys: voidKeysOf(version) };
  profiles.set(version, profile);
  return profile;
};
const profiles = new Map<string, VersionProfile>();

/** The families that have a profile, for messages. */
export const knownFamilies: readonly string[] = families.map(({ family }) => family);
