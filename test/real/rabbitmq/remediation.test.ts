import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileFor } from '../../../functions/policy-drift/version-profiles.ts';
import { type ClusterConfig, clusterConfigSchema } from '../../../functions/shared/cluster-config.ts';
import { eventsArn } from '../../support/rabbit.ts';
import { DriftRun } from './drift-run.ts';
import { findInstallation } from './installation.ts';
import { RealCluster } from './real-cluster.ts';
import { waitUntil } from './wait-until.ts';
import { withoutRabbit } from './without-rabbit.ts';

/** From a policy to complete mirrors of small queues, and from a process's start to its answers. */
const patienceMs = 60_000;

const queues = ['orders.placed', 'orders.cancelled'] as const;
const messages = 200;

const configFor = (vhost: string): ClusterConfig =>
  clusterConfigSchema.parse({
    name: 'events',
    broker: eventsArn,
    secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x',
    policies: [{ vhost, name: 'orders', pattern: '^orders\\.', definition: { 'max-length': 5_000 }, priority: 5 }],
    limits: { maxPercent: 100 },
  });

describe.runIf(!withoutRabbit)('remediation, on a real three-node cluster', () => {
  let cluster: RealCluster;
  let mirroring: boolean;

  beforeAll(async () => {
    cluster = await RealCluster.start(findInstallation(process.env));
    const client = cluster.client();
    const { rabbitmq_version: version } = await client.get<{ readonly rabbitmq_version: string }>('/api/overview');
    mirroring = profileFor(version)?.mirroring === true;
    if (!mirroring) return;
    // What Amazon MQ keeps in such a cluster.
    await client.put('/api/policies/%2F/ha-all-AWS-OWNED-DO-NOT-DELETE', {
      pattern: '.*',
      'apply-to': 'all',
      definition: { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' },
      priority: 0,
    });
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  interface ShownQueue {
    readonly name: string;
    readonly messages?: number;
    readonly policy?: string;
    readonly effective_policy_definition?: Readonly<Record<string, unknown>>;
    readonly synchronised_slave_nodes?: readonly string[];
  }

  const shown = (vhost: string): Promise<readonly ShownQueue[]> => cluster.client().get(`/api/queues/${vhost}`);

  /** A virtual host with two queues that hold persistent messages, and the policy as it should be. */
  const prepare = async (vhost: string): Promise<void> => {
    const client = cluster.client();
    const mirrored = mirroring ? { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' } : {};
    await client.put(`/api/vhosts/${vhost}`, {});
    await client.put(`/api/policies/${vhost}/orders`, {
      pattern: '^orders\\.',
      'apply-to': 'queues',
      definition: { 'max-length': 5_000, ...mirrored },
      priority: 5,
    });
    for (const queue of queues) {
      await client.put(`/api/queues/${vhost}/${queue}`, { durable: true });
      for (let number = 0; number < messages; number++) {
        const { routed } = await client.post<{ readonly routed: boolean }>(
          `/api/exchanges/${vhost}/amq.default/publish`,
          {
            properties: { delivery_mode: 2 },
            routing_key: queue,
            payload: `${queue} ${number}`,
            payload_encoding: 'string',
          },
        );
        expect(routed).toBe(true);
      }
    }
    await complete(vhost);
  };

  /** Waits until every queue has the declared settings, all messages, and both mirrors complete where there are any. */
  const complete = (vhost: string) =>
    waitUntil(`complete queues in ${vhost}`, patienceMs, async () => {
      const found = await shown(vhost);
      for (const queue of found) {
        expect(queue).toMatchObject({
          policy: 'orders',
          messages,
          effective_policy_definition: { 'max-length': 5_000 },
        });
        expect(queue.synchronised_slave_nodes ?? []).toHaveLength(mirroring ? 2 : 0);
      }
      expect(found).toHaveLength(queues.length);
      return found;
    });

  /** Somebody overwrites the policy: other numbers, and no mirroring. */
  const drift = async (vhost: string): Promise<void> => {
    const settings = ['--priority', '5', '--apply-to', 'queues'];
    await cluster.control(['set_policy', '-p', vhost, ...settings, 'orders', '^orders\\.', '{"max-length": 9999}']);
    await waitUntil('samples that show the drift', patienceMs, async () => {
      const found = await shown(vhost);
      const drifted = found.every((queue) => queue.effective_policy_definition?.['max-length'] === 9_999);
      return drifted && found.every((queue) => (queue.synchronised_slave_nodes ?? []).length === 0) ? true : undefined;
    });
  };

  const bodiesOf = async (vhost: string, queue: string): Promise<readonly string[]> => {
    const asked = { count: messages + 1, ackmode: 'ack_requeue_false', encoding: 'auto' };
    const path = `/api/queues/${vhost}/${queue}/get`;
    const got = await cluster.client().post<readonly { readonly payload: string }[]>(path, asked);
    return got.map(({ payload }) => payload);
  };

  const expectAllMessages = async (vhost: string): Promise<void> => {
    for (const queue of queues) {
      expect(await bodiesOf(vhost, queue)).toEqual(Array.from({ length: messages }, (_unused, n) => `${queue} ${n}`));
    }
  };

  it('finds drift that rabbitmqctl made, puts it right, and every message survives', async () => {
    const vhost = 'drifting';
    await prepare(vhost);
    const run = new DriftRun(cluster, configFor(vhost));
    expect((await run.judge()).drift.changes).toEqual([]);

    await drift(vhost);
    const { drift: found, plan, verdict } = await run.judge();
    expect(verdict).toBe('drifted');
    const codes = found.findings.filter((finding) => finding.vhost === vhost).map(({ code }) => code);
    expect(codes).toContain('DECLARED_DIFFERENT');
    if (mirroring) expect(codes).toContain('HA_MISSING');
    expect(plan.steps).toHaveLength(1);

    expect(await run.remediate()).toEqual({ outcome: 'done', written: [`${vhost}: orders`], blockers: [] });
    await complete(vhost);
    expect((await run.judge()).drift.changes).toEqual([]);
    await expectAllMessages(vhost);
    await cluster.client().delete(`/api/vhosts/${vhost}`);
  });

  it('writes nothing while a node is down, and resumes when it is back', async () => {
    const vhost = 'node-loss';
    await prepare(vhost);
    const run = new DriftRun(cluster, configFor(vhost));
    await drift(vhost);
    const lost = cluster.node(2);
    await lost.kill();
    await waitUntil('the loss is noticed', patienceMs, async () => {
      const nodes = await cluster.client().get<readonly { readonly running: boolean }[]>('/api/nodes');
      return nodes.some(({ running }) => !running) ? true : undefined;
    });

    const refused = await run.remediate();
    expect(refused).toMatchObject({ outcome: 'refused', written: [] });
    expect(refused.blockers.map(({ code }) => code)).toContain('NODE_DOWN');
    const live = await cluster.client().get<{ readonly definition: object }>(`/api/policies/${vhost}/orders`);
    expect(live.definition).toEqual({ 'max-length': 9_999 });

    await lost.start();
    await cluster.allRunning();
    const resumed = await waitUntil('a run that nothing stops', patienceMs, async () => {
      const end = await run.remediate();
      return end.outcome === 'done' && end.written.length > 0 ? end : undefined;
    });
    expect(resumed.written).toEqual([`${vhost}: orders`]);
    await complete(vhost);
    await expectAllMessages(vhost);
    await cluster.client().delete(`/api/vhosts/${vhost}`);
  });
});
