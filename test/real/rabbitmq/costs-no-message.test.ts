import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileFor } from '../../../functions/policy-drift/version-profiles.ts';
import type { ClusterSettings } from '../../../testbed/testbed-plan.ts';
import { givenNodes } from '../../../tools/real/rabbitmq/given-cluster.ts';
import { findInstallation } from '../../../tools/real/rabbitmq/installation.ts';
import { RealCluster } from '../../../tools/real/rabbitmq/real-cluster.ts';
import { startTestCluster } from '../../../tools/real/rabbitmq/start-test-cluster.ts';
import type { TestCluster } from '../../../tools/real/rabbitmq/test-cluster.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { type DriftOutput, RealWorkflow } from './real-workflow.ts';
import { withoutRabbit } from './without-rabbit.ts';

/** From a message or a policy to a sample that shows it, on a busy host. */
const patienceMs = 60_000;
const mirrors = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' };

/** A cluster with the means to put messages and policies into virtual hosts of its own. */
class Shop {
  readonly cluster: TestCluster;
  readonly mirroring: boolean;

  private constructor(cluster: TestCluster, mirroring: boolean) {
    this.cluster = cluster;
    this.mirroring = mirroring;
  }

  static async open(cluster: TestCluster): Promise<Shop> {
    const client = cluster.client();
    const { rabbitmq_version: version } = await client.get<{ readonly rabbitmq_version: string }>('/api/overview');
    const mirroring = profileFor(version)?.mirroring === true;
    const policy = { pattern: '.*', 'apply-to': 'all', definition: mirrors, priority: 0 };
    if (mirroring) await client.put('/api/policies/%2F/ha-all-AWS-OWNED-DO-NOT-DELETE', policy);
    return new Shop(cluster, mirroring);
  }

  with(definition: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return this.mirroring ? { ...definition, ...mirrors } : definition;
  }

  async policy(
    vhost: string,
    name: string,
    pattern: string,
    definition: Readonly<Record<string, unknown>>,
    priority = 3,
  ): Promise<void> {
    const body = { pattern, 'apply-to': 'queues', definition: this.with(definition), priority };
    await this.cluster.client().put(`/api/policies/${vhost}/${name}`, body);
  }

  async vhost(name: string): Promise<void> {
    await this.cluster.client().put(`/api/vhosts/${name}`, {});
  }

  async queue(
    vhost: string,
    name: string,
    messages: number,
    declaration: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const client = this.cluster.client();
    await client.put(`/api/queues/${vhost}/${name}`, { durable: true, arguments: declaration });
    for (let number = 0; number < messages; number++) {
      await client.post(`/api/exchanges/${vhost}/amq.default/publish`, {
        properties: { delivery_mode: 2 },
        routing_key: name,
        payload: `${number}`,
        payload_encoding: 'string',
      });
    }
  }

  /** What the queue itself holds, not a sample of it. */
  async depth(vhost: string, queue: string): Promise<number> {
    const path = `/api/queues/${vhost}/${queue}/get`;
    const asked = { count: 1_000, ackmode: 'ack_requeue_true', encoding: 'auto' };
    return (await this.cluster.client().post<readonly unknown[]>(path, asked)).length;
  }

  /** Waits until samples show how many messages each queue of a virtual host holds, and which policy applies. */
  async sampled(vhost: string, expected: Readonly<Record<string, number>>): Promise<void> {
    await waitUntil(`samples of ${vhost}`, patienceMs, async () => {
      const shown = await this.cluster
        .client()
        .get<readonly { readonly name: string; readonly messages?: number }[]>(`/api/queues/${vhost}`);
      const found = Object.fromEntries(shown.map(({ name, messages }) => [name, messages]));
      expect(found).toMatchObject(expected);
      expect(shown.every((queue) => 'effective_policy_definition' in queue)).toBe(true);
      return true;
    });
  }

  async policies(vhost: string): Promise<readonly string[]> {
    const found = await this.cluster.client().get<readonly { readonly name: string }[]>(`/api/policies/${vhost}`);
    return found.map(({ name }) => name).sort();
  }

  async remediate(
    settings: ClusterSettings,
  ): Promise<{ readonly output: DriftOutput; readonly writes: readonly string[] }> {
    const workflow = await RealWorkflow.create(this.cluster, { limits: { maxPercent: 100 }, ...settings });
    const { output } = await workflow.run('remediate');
    return { output, writes: workflow.writes };
  }
}

const codesOf = (list: readonly { readonly code: string }[]): readonly string[] => list.map(({ code }) => code);

describe.runIf(!withoutRabbit && givenNodes(process.env) === undefined)(
  'a real cluster that samples no figures',
  () => {
    let cluster: RealCluster;

    beforeAll(async () => {
      cluster = await RealCluster.start(findInstallation(process.env), [
        'management_agent.disable_metrics_collector = true',
      ]);
    });

    afterAll(async () => {
      await cluster?.stop();
    });

    it('keeps its 100 and 60 messages, whatever limit is declared', async () => {
      const shop = await Shop.open(cluster);
      await shop.vhost('mute');
      await shop.policy('mute', 'orders', '^orders', { 'queue-version': 1 });
      await shop.queue('mute', 'orders.a', 100);
      await shop.queue('mute', 'orders.b', 60);
      const definition = { 'max-length': 10 };
      const { output, writes } = await shop.remediate({
        policies: [{ vhost: 'mute', name: 'orders', pattern: '^orders', definition, priority: 3 }],
      });
      expect(writes).toEqual([]);
      expect(codesOf(output.refused)).toContain('FIGURE_ABSENT');
      expect([await shop.depth('mute', 'orders.a'), await shop.depth('mute', 'orders.b')]).toEqual([100, 60]);
    });
  },
);

describe.runIf(!withoutRabbit)('a remediation on a real cluster', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await Shop.open(await startTestCluster(process.env));
  });

  afterAll(async () => {
    await shop?.cluster.stop();
  });

  it.each(['classic', 'quorum'])('leaves a %s queue that is above its limit refusing', async (type) => {
    const vhost = `overfull-${type}`;
    await shop.vhost(vhost);
    const declaration = { 'x-queue-type': type, 'x-max-length': 20 };
    const refusing = { overflow: 'reject-publish', 'max-length': 1_000 };
    const put = (definition: Readonly<Record<string, unknown>>) =>
      shop.cluster.client().put(`/api/policies/${vhost}/orders`, {
        ...{ pattern: '^orders', 'apply-to': 'queues', priority: 3 },
        definition: type === 'classic' ? shop.with(definition) : definition,
      });
    await put({ ...refusing, 'max-length': 1_000 });
    const full = { 'x-queue-type': type };
    await shop.queue(vhost, 'orders.a', 40, full);
    await put({ overflow: 'reject-publish', 'max-length': 30 });
    // A queue whose own declaration limits it takes no more than that, and stays within it.
    await shop.queue(vhost, 'orders.own', 5, declaration);
    await shop.sampled(vhost, { 'orders.a': 40, 'orders.own': 5 });
    for (const definition of [{ 'max-length': 30 }, { 'max-length': 30, overflow: 'drop-head' }]) {
      const { output, writes } = await shop.remediate({
        policies: [{ vhost, name: 'orders', pattern: '^orders', definition, priority: 3 }],
      });
      expect(writes).toEqual([]);
      expect(codesOf(output.refused)).toContain('WOULD_DROP_MESSAGES');
      expect(await shop.depth(vhost, 'orders.a')).toBe(40);
    }
    // That it would have lost them is no guess.
    await put({ 'max-length': 30 });
    await waitUntil('the surplus to go', patienceMs, async () => {
      expect(await shop.depth(vhost, 'orders.a')).toBe(30);
      return true;
    });
  });

  it('does not trust a limit that comes together with its refusal, which a classic queue takes one after the other', async () => {
    const vhost = 'together';
    await shop.vhost(vhost);
    await shop.policy(vhost, 'orders', '^orders', { 'queue-version': 1 });
    await shop.queue(vhost, 'orders.a', 40);
    await shop.sampled(vhost, { 'orders.a': 40 });
    const definition = { 'max-length': 30, overflow: 'reject-publish' };
    const { output, writes } = await shop.remediate({
      policies: [{ vhost, name: 'orders', pattern: '^orders', definition, priority: 3 }],
    });
    expect(writes).toEqual([]);
    expect(codesOf(output.refused)).toContain('WOULD_DROP_MESSAGES');
    await shop.policy(vhost, 'orders', '^orders', definition);
    await waitUntil('what a classic queue does with both', patienceMs, async () => {
      expect(await shop.depth(vhost, 'orders.a')).toBe(30);
      return true;
    });
  });

  it('leaves a catch-all of lower priority to queues whose declared policy is refused', async () => {
    const vhost = 'shadow';
    await shop.vhost(vhost);
    await shop.policy(vhost, 'catch-all', '.*', { 'max-length': 1_000 }, 1);
    await shop.policy(vhost, 'quick-fix', '^orders\\.b', { 'max-length': 2_000 }, 50);
    await shop.queue(vhost, 'orders.a', 40);
    await shop.queue(vhost, 'orders.b', 1);
    await shop.sampled(vhost, { 'orders.a': 40, 'orders.b': 1 });
    const settings: ClusterSettings = {
      policies: [{ vhost, name: 'orders', pattern: '^orders', definition: { 'max-length': 10 }, priority: 5 }],
      undeclared: 'remove',
    };
    const { output, writes } = await shop.remediate(settings);
    expect(writes).toEqual([]);
    expect([...codesOf(output.refused)].sort()).toEqual(['REPLACEMENT_NOT_IN_FORCE', 'WOULD_DROP_MESSAGES']);
    expect(await shop.policies(vhost)).toEqual(['catch-all', 'quick-fix']);
    expect(await shop.depth(vhost, 'orders.a')).toBe(40);
  });

  it('is not stopped by queues younger than a sample, nor by limits that were cleared', async () => {
    const vhost = 'young';
    await shop.vhost(vhost);
    const client = shop.cluster.client();
    await client.put(`/api/vhost-limits/${vhost}/max-queues`, { value: 50 });
    await client.delete(`/api/vhost-limits/${vhost}/max-queues`);
    await shop.policy(vhost, 'orders', '^(orders|reply)', { 'max-length': 1_000 });
    await shop.queue(vhost, 'orders.a', 5);
    await shop.sampled(vhost, { 'orders.a': 5 });
    const definition = { 'max-length': 2_000 };
    const workflow = await RealWorkflow.create(shop.cluster, {
      policies: [{ vhost, name: 'orders', pattern: '^(orders|reply)', definition, priority: 3 }],
      limits: { maxPercent: 100 },
    });
    let made = 0;
    workflow.before(
      ({ path }) => path.startsWith('/api/queues?'),
      async () => {
        made += 1;
        await client.put(`/api/queues/${vhost}/reply-${made}`, { durable: false, auto_delete: true });
      },
    );
    const { output } = await workflow.run('remediate');
    expect(made).toBe(1);
    expect(output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 1 } });
    expect(codesOf(output.findings)).not.toContain('SIMULATION_DISAGREES');
    expect(await shop.depth(vhost, 'orders.a')).toBe(5);
  });
});
