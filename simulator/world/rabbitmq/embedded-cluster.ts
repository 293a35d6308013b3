import type { Members } from '../../api/service.ts';
import { appliedPolicy, mergedDefinition, mirrorNodes } from './applied-policy.ts';
import {
  defaultPolicies,
  defaultVhostLimits,
  hasOperatorPolicy,
  managedOperatorPolicy,
  systemPolicy,
} from './aws-policies.ts';
import { type ClusterSeed, type ClusterSeedInput, clusterSeedSchema } from './cluster-seed.ts';
import { type StoredPolicy, versionNumbers } from './policy.ts';
import { messagesKept } from './queue-loss.ts';
import { replyQueueRows } from './reply-queues.ts';
import { refusalOf } from './validate-policy.ts';

/** A queue with what the broker does for it. */
interface StoredQueue {
  readonly vhost: string;
  readonly name: string;
  readonly type: 'classic' | 'quorum' | 'stream';
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  messages: number;
  messageBytes: number;
  leader: string;
  members: readonly string[];
  mirrors: readonly string[];
  synchronised: readonly string[];
  /** When the synchronisation that runs is over; undefined when none runs. */
  syncEndsMs: number | undefined;
  policy: StoredPolicy | undefined;
  operatorPolicy: StoredPolicy | undefined;
  definition: Members;
}

/** A write that the simulator makes by itself later on. */
interface Pending {
  readonly atMs: number;
  readonly run: () => void;
}

/** Messages that a change of policies threw away. */
export interface LostMessages {
  readonly vhost: string;
  readonly queue: string;
  readonly messages: number;
  /** The policy that applied afterwards. */
  readonly policy: string | undefined;
}

/** Default of `collect_statistics_interval`: https://www.rabbitmq.com/docs/configure#config-items */
const sampleMs = 5_000;

const withoutX = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [key.replace(/^x-/, ''), value]));

/** The broker refuses a request. */
export class RabbitRefusal extends Error {
  override readonly name = 'RabbitRefusal';
  readonly status: 400 | 404;

  constructor(status: 400 | 404, reason: string) {
    super(reason);
    this.status = status;
  }
}

const keyOf = (vhost: string, name: string): string => JSON.stringify([vhost, name]);

/**
 * A RabbitMQ cluster of Amazon MQ: policies, queues, mirrors and what the service repairs by itself. Nothing runs in
 * the background: what is due by now happens when somebody looks.
 */
export class EmbeddedRabbitCluster {
  readonly #nowMs: () => number;
  readonly #seed: ClusterSeed;
  readonly #policies = new Map<string, StoredPolicy>();
  readonly #operatorPolicies = new Map<string, StoredPolicy>();
  readonly #queues: StoredQueue[] = [];
  readonly #nodes: {
    readonly name: string;
    running: boolean;
    memoryAlarm: boolean;
    diskAlarm: boolean;
    partitions: string[];
  }[];
  readonly #lost: LostMessages[] = [];
  #metrics: boolean;
  #vhosts: readonly string[];
  #version: string;
  #pending: Pending[] = [];

  /** @throws ZodError for a seed that is none */
  constructor(seed: ClusterSeedInput, nowMs: () => number) {
    this.#seed = clusterSeedSchema.parse(seed);
    this.#nowMs = nowMs;
    const { version, nodes, vhosts, queueSeries, policies, operatorPolicies, awsPolicies } = this.#seed;
    const series = queueSeries.flatMap(({ count, name, ...alike }) =>
      Array.from({ length: count }, (_unused, index) => ({ ...alike, name: `${name}${index + 1}` })),
    );
    const queues = [...this.#seed.queues, ...series];
    this.#version = version;
    this.#metrics = this.#seed.metrics;
    this.#vhosts = [...new Set(['/', ...vhosts])];
    this.#nodes = Array.from({ length: nodes }, (_unused, index) => ({
      name: `rabbit@node-${index + 1}`,
      running: true,
      memoryAlarm: false,
      diskAlarm: false,
      partitions: [],
    }));
    const stored = ({ applyTo, ...rest }: ClusterSeed['policies'][number]): StoredPolicy => ({
      ...rest,
      'apply-to': applyTo,
    });
    if (awsPolicies) {
      for (const policy of defaultPolicies(version)) this.#policies.set(keyOf(policy.vhost, policy.name), policy);
      if (hasOperatorPolicy(version)) for (const vhost of this.#vhosts) this.#putOperator(managedOperatorPolicy(vhost));
    }
    for (const policy of policies.map(stored)) this.#policies.set(keyOf(policy.vhost, policy.name), policy);
    for (const policy of operatorPolicies.map(stored)) this.#putOperator(policy);
    const names = this.#nodes.map(({ name }) => name);
    queues.forEach(({ members, messageBytes, ...queue }, index) => {
      const leader = names[index % names.length] ?? '';
      const order = [leader, ...names.filter((name) => name !== leader)];
      const replicated = queue.type !== 'classic';
      this.#queues.push({
        ...queue,
        arguments: withoutX(queue.arguments),
        messageBytes: messageBytes ?? queue.messages * 1_024,
        leader,
        members: replicated ? order.slice(0, members ?? order.length) : [],
        mirrors: [],
        synchronised: [],
        syncEndsMs: undefined,
        policy: undefined,
        operatorPolicy: undefined,
        definition: {},
      });
    });
    this.#applyPolicies();
    this.#lost.length = 0;
    queues.forEach(({ messages, messageBytes }, index) => {
      // Queues may begin fuller than their policies let them become.
      const queue = this.#queues[index];
      if (queue !== undefined) Object.assign(queue, { messages, messageBytes: messageBytes ?? messages * 1_024 });
    });
    // What exists at first has had all the time it needed.
    for (const queue of this.#queues) this.#finishSync(queue);
  }

  get version(): string {
    this.#advance();
    return this.#version;
  }

  get nodes(): readonly Members[] {
    this.#advance();
    return this.#nodes.map(({ name, running, memoryAlarm, diskAlarm, partitions }) => ({
      name,
      running,
      ...(running &&
        this.#metrics && { mem_alarm: memoryAlarm, disk_free_alarm: diskAlarm, partitions: [...partitions] }),
    }));
  }

  get vhosts(): readonly string[] {
    return this.#vhosts;
  }

  get policies(): readonly StoredPolicy[] {
    this.#advance();
    return [...this.#policies.values()];
  }

  get operatorPolicies(): readonly StoredPolicy[] {
    this.#advance();
    return [...this.#operatorPolicies.values()];
  }

  /** Every queue as the management API shows it; docs/rabbitmq.md 1.2. */
  get queues(): readonly Members[] {
    this.#advance();
    const { replyQueues } = this.#seed;
    const stored = this.#queues.map((queue) => ({
      name: queue.name,
      vhost: queue.vhost,
      type: queue.type,
      durable: queue.durable,
      exclusive: queue.exclusive,
      auto_delete: queue.autoDelete,
      arguments: Object.fromEntries(Object.entries(queue.arguments).map(([key, value]) => [`x-${key}`, value])),
      node: queue.leader,
      ...(queue.type === 'classic'
        ? { slave_nodes: [...queue.mirrors], synchronised_slave_nodes: [...queue.synchronised] }
        : {
            leader: queue.leader,
            members: [...queue.members],
            online: queue.members.filter((node) => this.#runs(node)),
          }),
      ...(this.#metrics
        ? {
            messages: queue.messages,
            message_bytes: queue.messageBytes,
            state: this.#stateOf(queue),
            policy: queue.policy?.name ?? null,
            operator_policy: queue.operatorPolicy?.name ?? null,
            effective_policy_definition: { ...queue.definition },
          }
        : { state: 'live', ...(queue.policy && { policy: queue.policy.name }) }),
    }));
    if (replyQueues === undefined) return stored;
    const node = this.#nodes[0]?.name ?? '';
    const figures = (name: string) => this.#figuresOfEmpty(replyQueues.vhost, name);
    return [...stored, ...replyQueueRows(replyQueues, this.#nowMs(), node, sampleMs, figures)];
  }

  /** Messages that changes of policies threw away since the beginning. */
  get lostMessages(): readonly LostMessages[] {
    this.#advance();
    return this.#lost;
  }

  /** Switches the sampling of figures on or off, as `management_agent.disable_metrics_collector` does. */
  setMetrics(on: boolean): void {
    this.#metrics = on;
  }

  /** What the broker shows of a classic queue without messages. */
  #figuresOfEmpty(vhost: string, name: string): Readonly<Record<string, unknown>> {
    const asked = { vhost, name, type: 'classic' as const };
    const user = appliedPolicy(this.#policies.values(), asked, this.#version);
    const operator = appliedPolicy(this.#operatorPolicies.values(), asked, this.#version);
    const definition = mergedDefinition(user, operator);
    const running = this.#nodes.flatMap((node) => (node.running ? [node.name] : []));
    const mirrors = mirrorNodes(definition, this.#nodes[0]?.name ?? '', running, this.#version);
    return {
      messages: 0,
      message_bytes: 0,
      state: 'running',
      slave_nodes: mirrors,
      synchronised_slave_nodes: mirrors,
      policy: user?.name ?? null,
      operator_policy: operator?.name ?? null,
      effective_policy_definition: definition,
    };
  }

  /** Limits of the virtual hosts that have any. */
  get vhostLimits(): readonly { readonly vhost: string; readonly value: Readonly<Record<string, number>> }[] {
    const { awsPolicies, vhostLimits } = this.#seed;
    const ofService = awsPolicies && versionNumbers(this.#version).major < 4 ? { '/': defaultVhostLimits } : {};
    return Object.entries({ ...ofService, ...vhostLimits }).map(([vhost, value]) => ({ vhost, value }));
  }

  policy(vhost: string, name: string): StoredPolicy | undefined {
    this.#advance();
    return this.#policies.get(keyOf(vhost, name));
  }

  /** Writes a policy as a client would. @throws RabbitRefusal for what the broker would refuse */
  putPolicy(policy: StoredPolicy, by: 'client' | 'service' = 'client'): 'created' | 'replaced' {
    this.#advance();
    this.#requireVhost(policy.vhost);
    const refusal = refusalOf(policy, this.#version);
    if (refusal !== undefined) throw new RabbitRefusal(400, refusal);
    const key = keyOf(policy.vhost, policy.name);
    const before = this.#policies.get(key);
    this.#policies.set(key, policy);
    this.#applyPolicies();
    if (by === 'client') this.#answerChange(policy.vhost, policy.name, before, policy);
    return before === undefined ? 'created' : 'replaced';
  }

  /** Deletes a policy as a client would. @throws RabbitRefusal when there is none */
  deletePolicy(vhost: string, name: string): void {
    this.#advance();
    this.#requireVhost(vhost);
    const key = keyOf(vhost, name);
    const before = this.#policies.get(key);
    if (before === undefined) throw new RabbitRefusal(404, 'Not Found');
    this.#policies.delete(key);
    this.#applyPolicies();
    this.#answerChange(vhost, name, before, undefined);
  }

  /** Deletes a virtual host with everything in it. */
  deleteVhost(vhost: string): void {
    this.#advance();
    this.#vhosts = this.#vhosts.filter((name) => name !== vhost);
    for (const policies of [this.#policies, this.#operatorPolicies]) {
      for (const [key, policy] of policies) if (policy.vhost === vhost) policies.delete(key);
    }
    this.#queues.splice(0, this.#queues.length, ...this.#queues.filter((queue) => queue.vhost !== vhost));
  }

  /** Stops or starts a node, counted from 1; mirrors on it are gone, and come back empty. */
  setNode(number: number, running: boolean): void {
    this.#advance();
    const node = this.#node(number);
    node.running = running;
    this.#applyPolicies();
  }

  /** Raises or clears an alarm of a node, counted from 1. */
  setAlarm(number: number, kind: 'memory' | 'disk', raised: boolean): void {
    const node = this.#node(number);
    if (kind === 'memory') node.memoryAlarm = raised;
    else node.diskAlarm = raised;
  }

  /** Cuts two nodes off from each other, or joins all of them again. */
  setPartition(between: readonly [number, number] | undefined): void {
    for (const node of this.#nodes) node.partitions = [];
    if (between === undefined) return;
    const [one, other] = between.map((number) => this.#node(number));
    one?.partitions.push(other?.name ?? '');
    other?.partitions.push(one?.name ?? '');
  }

  /** Sets how many messages a queue holds. @throws TypeError for an unknown queue */
  setMessages(vhost: string, name: string, messages: number): void {
    this.#advance();
    const queue = this.#queues.find((candidate) => candidate.vhost === vhost && candidate.name === name);
    if (queue === undefined) throw new TypeError(`the cluster has no queue "${name}" in ${vhost}`);
    queue.messages = messages;
    queue.messageBytes = messages * 1_024;
  }

  /** Upgrades in place: policies and queues stay as they are, mirrors go with the feature; docs/rabbitmq.md 3.3. */
  upgrade(version: string): void {
    this.#advance();
    this.#version = version;
    if (versionNumbers(version).major >= 4) {
      this.#operatorPolicies.clear();
      this.#policies.delete(keyOf('/', systemPolicy.name));
    }
    this.#applyPolicies();
  }

  #putOperator(policy: StoredPolicy): void {
    this.#operatorPolicies.set(keyOf(policy.vhost, policy.name), policy);
  }

  #requireVhost(vhost: string): void {
    if (!this.#vhosts.includes(vhost)) throw new RabbitRefusal(404, 'Not Found');
  }

  #node(number: number) {
    const node = this.#nodes[number - 1];
    if (node === undefined) throw new TypeError(`the cluster has no node ${number}; it has ${this.#nodes.length}`);
    return node;
  }

  #runs(name: string): boolean {
    return this.#nodes.some((node) => node.name === name && node.running);
  }

  /** Lets everything happen that is due by now, in its order. */
  #advance(): void {
    const nowMs = this.#nowMs();
    for (;;) {
      const due = this.#pending.filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#pending = this.#pending.filter((pending) => pending !== due);
      due.run();
    }
    for (const queue of this.#queues) {
      if (queue.syncEndsMs !== undefined && queue.syncEndsMs <= nowMs) this.#finishSync(queue);
    }
  }

  /** What the service and a rival do about a client's change. */
  #answerChange(vhost: string, name: string, before: StoredPolicy | undefined, after: StoredPolicy | undefined): void {
    const { repairs, rival } = this.#seed;
    const later = (seconds: number, run: () => void): void =>
      void this.#pending.push({ atMs: this.#nowMs() + seconds * 1_000, run });
    if (after === undefined && name === systemPolicy.name && vhost === '/' && repairs.recreatesSystemPolicy) {
      later(repairs.delaySeconds, () => this.putPolicy(systemPolicy, 'service'));
    }
    if (after !== undefined && repairs.addsMirroring && versionNumbers(this.#version).major < 4) {
      const definition = { ...after.definition, ...systemPolicy.definition };
      later(repairs.delaySeconds, () => {
        if (this.#policies.get(keyOf(vhost, name)) === after) this.putPolicy({ ...after, definition }, 'service');
      });
    }
    if (before !== undefined && rival?.policies.includes(name)) {
      later(rival.delaySeconds, () => this.putPolicy(before, 'service'));
    }
  }

  #applyPolicies(): void {
    const running = this.#nodes.flatMap(({ name, running }) => (running ? [name] : []));
    const byVhost = (policies: ReadonlyMap<string, StoredPolicy>): ReadonlyMap<string, readonly StoredPolicy[]> =>
      Map.groupBy(policies.values(), (policy) => policy.vhost);
    const users = byVhost(this.#policies);
    const operators = byVhost(this.#operatorPolicies);
    for (const queue of this.#queues) {
      queue.policy = appliedPolicy(users.get(queue.vhost) ?? [], queue, this.#version);
      queue.operatorPolicy = appliedPolicy(operators.get(queue.vhost) ?? [], queue, this.#version);
      const before = queue.definition;
      queue.definition = mergedDefinition(queue.policy, queue.operatorPolicy);
      this.#drop(queue, before);
      if (queue.type !== 'classic' || queue.exclusive) continue;
      // A mirror takes over when the leader's node is gone; a queue without one waits for its node.
      const heir = queue.synchronised.find((node) => running.includes(node));
      if (!running.includes(queue.leader) && heir !== undefined) queue.leader = heir;
      queue.mirrors = mirrorNodes(queue.definition, queue.leader, running, this.#version);
      queue.synchronised = queue.synchronised.filter((node) => queue.mirrors.includes(node));
      if (queue.messages === 0) queue.synchronised = queue.mirrors;
      const behind = queue.mirrors.length > queue.synchronised.length;
      if (!behind) queue.syncEndsMs = undefined;
      else if (queue.definition['ha-sync-mode'] === 'automatic' && queue.syncEndsMs === undefined) {
        queue.syncEndsMs = this.#nowMs() + (queue.messages / this.#seed.syncPerSecond) * 1_000;
      }
    }
  }

  /** Lets a queue do to its messages what its new settings demand. */
  #drop(queue: StoredQueue, before: Readonly<Record<string, unknown>>): void {
    const kept = messagesKept(queue, before, queue.definition);
    const messages = queue.messages - kept;
    if (messages <= 0) return;
    this.#lost.push({ vhost: queue.vhost, queue: queue.name, messages, policy: queue.policy?.name });
    queue.messageBytes = Math.round((queue.messageBytes * kept) / queue.messages);
    queue.messages = kept;
  }

  #finishSync(queue: StoredQueue): void {
    if (queue.definition['ha-sync-mode'] === 'automatic') queue.synchronised = queue.mirrors;
    queue.syncEndsMs = undefined;
  }

  #stateOf(queue: StoredQueue): string {
    if (!this.#runs(queue.leader)) return 'down';
    return queue.syncEndsMs === undefined ? 'running' : 'syncing';
  }
}
