import type { WriteOutcome } from '../../aws/write-outcome.ts';
import type { JsonValue } from '../../config/json-value.ts';

/** The settings that a policy gives, by key. */
export type PolicyDefinition = Readonly<Record<string, JsonValue>>;

/** A user policy or an operator policy; docs/rabbitmq.md 2. */
export interface RabbitPolicy {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  /** As the broker spells it; docs/rabbitmq.md 2.3. */
  readonly applyTo: string;
  readonly definition: PolicyDefinition;
  readonly priority: number;
}

/** A queue type that policies distinguish; `other` is one that this project does not know. */
export type QueueType = 'classic' | 'quorum' | 'stream' | 'other';

/**
 * A figure that the broker samples: a value, which is at most a sample older than the cluster's `readAtMs`, or `absent`:
 * not sampled yet, not collected, or its node is down. Absent is neither zero nor well; docs/rabbitmq.md 1.3. Figures
 * that a kind of queue does not have, such as the mirrors of a quorum queue, are empty lists and no guard asks for them.
 */
export type Figure<T extends number | boolean | readonly string[] | PolicyDefinition> = T | 'absent';

/** A queue as the management API shows it. */
export interface RabbitQueue {
  readonly vhost: string;
  readonly name: string;
  readonly type: QueueType;
  readonly durable: boolean;
  readonly exclusive: boolean;
  /** Whether it goes with its last consumer. */
  readonly autoDelete: boolean;
  /** What its declaration says about keys that policies have too, without the `x-`; docs/rabbitmq.md 2.7. */
  readonly arguments: PolicyDefinition;
  readonly messages: Figure<number>;
  readonly messageBytes: Figure<number>;
  /** Node of the leader, where the broker says it. */
  readonly leader: string | undefined;
  /** Nodes with a mirror of a classic queue, the leader's not among them. */
  readonly mirrors: readonly string[];
  readonly synchronisedMirrors: readonly string[];
  /** Nodes with a member of a quorum queue or stream, the leader's among them. */
  readonly members: readonly string[];
  readonly onlineMembers: readonly string[];
  /** `running`, `syncing`, `down`, … as the broker spells it; `unknown` while it says nothing. */
  readonly state: string;
  /** What the broker itself applies: name of the user policy and of the operator policy, and both merged. */
  readonly policy: string | undefined;
  readonly operatorPolicy: string | undefined;
  /** While it is absent, no `policy` does not mean that none applies. */
  readonly effectiveDefinition: Figure<PolicyDefinition>;
}

/** A node of the cluster. */
export interface RabbitNode {
  readonly name: string;
  readonly running: boolean;
  readonly memoryAlarm: Figure<boolean>;
  readonly diskAlarm: Figure<boolean>;
  /** Nodes that this one has been cut off from. */
  readonly partitions: Figure<readonly string[]>;
}

/** What a virtual host may hold; without a number nothing is limited. */
export interface VhostLimits {
  readonly vhost: string;
  readonly maxQueues: number | undefined;
  readonly maxConnections: number | undefined;
}

/** Everything that decisions about policies need, read in one go. */
export interface RabbitCluster {
  /** When it was read, in milliseconds since the Unix epoch. */
  readonly readAtMs: number;
  /** Version of RabbitMQ, e.g. 3.13.7. */
  readonly version: string;
  readonly nodes: readonly RabbitNode[];
  readonly vhosts: readonly string[];
  readonly queues: readonly RabbitQueue[];
  readonly policies: readonly RabbitPolicy[];
  readonly operatorPolicies: readonly RabbitPolicy[];
  /** Of the virtual hosts that have limits. */
  readonly vhostLimits: readonly VhostLimits[];
  /** Names of the feature flags that are enabled. */
  readonly featureFlags: readonly string[];
}

/** A policy that definitely was, or definitely was not, written; `unknown` means that only observation can tell. */
export type PolicyWrite = WriteOutcome<undefined>;
