import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { profileFor } from '../../../functions/policy-drift/version-profiles.ts';
import type { ClusterSettings } from '../../../testbed/testbed-plan.ts';
import { abilities } from '../../../tools/real/rabbitmq/given-cluster.ts';
import { startTestCluster } from '../../../tools/real/rabbitmq/start-test-cluster.ts';
import type { TestCluster } from '../../../tools/real/rabbitmq/test-cluster.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { RealWorkflow } from './real-workflow.ts';
import { withoutRabbit } from './without-rabbit.ts';

/** From a policy to complete mirrors of small queues, and from a process's start to its answers. */
const timeoutMs = 60_000;

const queues = ['orders.placed', 'orders.cancelled', 'audit'] as const;
const messages = 50;
const mirroredDefinition = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' };
const can = abilities(process.env);

const declared = (vhost: string): ClusterSettings => ({
  policies: [
    { vhost, name: 'orders', pattern: '^orders\\.', definition: { 'max-length': 5_000 }, priority: 5 },
    { vhost, name: 'audit', pattern: '^audit$', definition: { 'max-length': 6_000 }, priority: 4 },
  ],
  limits: { maxPercent: 100 },
});

interface ShownQueue {
  readonly name: string;
  readonly messages: number;
  readonly policy: string;
  readonly synchronised_slave_nodes?: readonly string[];
  readonly effective_policy_definition: Readonly<Record<string, unknown>>;
}

describe.runIf(!withoutRabbit)('the deployed workflow, on a real three-node cluster', () => {
  let cluster: TestCluster;
  let mirroring: boolean;

  beforeAll(async () => {
    cluster = await startTestCluster(process.env);
    const client = cluster.client();
    const { rabbitmq_version: version } = await client.get<{ readonly rabbitmq_version: string }>('/api/overview');
    mirroring = profileFor(version)?.mirroring === true;
    if (!mirroring) return;
    // What Amazon MQ keeps in such a cluster.
    await client.put('/api/policies/%2F/ha-all-AWS-OWNED-DO-NOT-DELETE', {
      pattern: '.*',
      'apply-to': 'all',
      definition: mirroredDefinition,
      priority: 0,
    });
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  const vhosts: string[] = [];
  const createVhost = async (vhost: string): Promise<void> => {
    vhosts.push(vhost);
    await cluster.client().put(`/api/vhosts/${vhost}`, {});
  };

  // What one test leaves drifting would be another one's to put right.
  afterEach(async () => {
    for (const vhost of vhosts.splice(0)) await cluster.client().delete(`/api/vhosts/${vhost}`);
  });

  const shown = (vhost: string) =>
    cluster
      .client()
      .get<readonly ShownQueue[]>(
        `/api/queues/${vhost}?columns=name,messages,policy,synchronised_slave_nodes,effective_policy_definition`,
      );

  const policyNow = async (vhost: string, name: string): Promise<Readonly<Record<string, unknown>>> => {
    const path = `/api/policies/${vhost}/${name}`;
    return (await cluster.client().get<{ readonly definition: Readonly<Record<string, unknown>> }>(path)).definition;
  };

  const withMirrors = (definition: Readonly<Record<string, unknown>>) =>
    mirroring ? { ...definition, ...mirroredDefinition } : definition;

  /** A virtual host with persistent messages in queues that have the declared policies. */
  const prepare = async (vhost: string): Promise<void> => {
    const client = cluster.client();
    await createVhost(vhost);
    for (const { name, definition, ...rest } of declared(vhost).policies ?? []) {
      const body = { ...rest, 'apply-to': 'queues', definition: withMirrors(definition) };
      await client.put(`/api/policies/${vhost}/${name}`, body);
    }
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

  /** Waits until every queue has its declared settings, all messages, and both mirrors complete where there are any. */
  const complete = (vhost: string) =>
    waitUntil(`complete queues in ${vhost}`, timeoutMs, async () => {
      const found = await shown(vhost);
      for (const queue of found) {
        const [policy] = queue.name.split('.');
        const length = policy === 'orders' ? 5_000 : 6_000;
        expect(queue).toMatchObject({ policy, messages, effective_policy_definition: { 'max-length': length } });
        expect(queue.synchronised_slave_nodes ?? []).toHaveLength(mirroring ? 2 : 0);
      }
      expect(found).toHaveLength(queues.length);
      return found;
    });

  const setPolicy = async (vhost: string, name: string, pattern: string, length: number): Promise<void> => {
    const settings = ['--priority', name === 'orders' ? '5' : '4', '--apply-to', 'queues'];
    await cluster.control(['set_policy', '-p', vhost, ...settings, name, pattern, `{"max-length": ${length}}`]);
  };

  /** Somebody overwrites policies with `rabbitmqctl`: other numbers, and no mirroring. */
  const drift = async (vhost: string, names: readonly ('orders' | 'audit')[], length = 9_999): Promise<void> => {
    for (const name of names) await setPolicy(vhost, name, name === 'orders' ? '^orders\\.' : '^audit$', length);
    await waitUntil('samples that show the drift', timeoutMs, async () => {
      const drifted = (await shown(vhost)).filter(({ policy }) => names.some((name) => name === policy));
      const all = drifted.every((queue) => queue.effective_policy_definition['max-length'] === length);
      return all && drifted.every((queue) => (queue.synchronised_slave_nodes ?? []).length === 0) ? true : undefined;
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

  const codesIn = (vhost: string, { findings }: RunOutput): readonly string[] =>
    findings.filter((finding) => finding.vhost === vhost).map(({ code }) => code);
  type RunOutput = Awaited<ReturnType<RealWorkflow['run']>>['output'];

  it.runIf(can.control)('finds drift that rabbitmqctl made, puts it right, and every message survives', async () => {
    const vhost = 'drifting';
    await prepare(vhost);
    const workflow = await RealWorkflow.create(cluster, declared(vhost));
    // RabbitMQ 4 replicates quorum queues only, which no policy can mend.
    const always = mirroring ? [] : ['CLASSIC_UNREPLICATED'];
    expect(codesIn(vhost, (await workflow.run('report')).output)).toEqual(always);

    await drift(vhost, ['orders']);
    const { output: report } = await workflow.run('report');
    expect(report.outcome).toBe('Drifted');
    expect(codesIn(vhost, report)).toContain('DECLARED_DIFFERENT');
    if (mirroring) expect(codesIn(vhost, report)).toContain('HA_MISSING');
    expect(workflow.writes).toEqual([]);

    const { output } = await workflow.run('remediate');
    expect(output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 1, refused: 0, postponed: 0 } });
    expect(codesIn(vhost, output)).toEqual(always);
    expect(workflow.writes).toEqual([`PUT /api/policies/${vhost}/orders`]);
    expect(await policyNow(vhost, 'orders')).toEqual(withMirrors({ 'max-length': 5_000 }));
    expect(output.effects.map(({ queue, copies }) => ({ queue, copies }))).toEqual(
      ['orders.cancelled', 'orders.placed'].map((queue) => ({
        queue,
        copies: mirroring ? { before: 1, after: 3 } : { before: 1, after: 1 },
      })),
    );
    await complete(vhost);

    if (mirroring) {
      // What was there before had no mirrors, and going back may not cost them.
      const { output: back } = await workflow.run('rollback');
      expect(back.refused.map(({ code }) => code)).toContain('WOULD_LOWER_COPIES');
      expect(await policyNow(vhost, 'orders')).toEqual(withMirrors({ 'max-length': 5_000 }));
    }
    await expectAllMessages(vhost);
  });

  it.runIf(can.control)('ends only when the mirrors hold every message', async ({ skip }) => {
    // RabbitMQ 4 has no mirrors to wait for.
    if (!mirroring) skip();
    const vhost = 'deep';
    await createVhost(vhost);
    await cluster.client().put(`/api/queues/${vhost}/slow`, { durable: true });
    // One message at a time makes a synchronisation that takes seconds of a queue that is quickly filled.
    const definition = { 'max-length': 100_000, 'ha-sync-batch-size': 1 };
    const workflow = await RealWorkflow.create(cluster, {
      policies: [{ vhost, name: 'slow', pattern: '^slow$', definition, priority: 5 }],
      limits: { maxPercent: 100, deepQueueMessages: 100_000 },
    });
    await cluster.control(['eval', fill(vhost, 'slow', deepMessages)]);
    await waitUntil('a full queue', timeoutMs, async () => {
      const [queue] = await shown(vhost);
      return queue?.messages === deepMessages ? true : undefined;
    });

    const { output, states } = await workflow.run('remediate');
    // The broker itself, at once: nothing is left to copy.
    const listed = await cluster.control([
      ...['list_queues', '-p', vhost, '--formatter', 'json'],
      ...['name', 'messages', 'slave_pids', 'synchronised_slave_pids', 'state'],
    ]);
    const [queue] = JSON.parse(listed) as readonly Readonly<Record<string, unknown>>[];
    expect(queue).toMatchObject({ name: 'slow', messages: deepMessages, state: 'running' });
    expect(queue?.slave_pids).toHaveLength(2);
    expect(queue?.synchronised_slave_pids).toHaveLength(2);
    expect(output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 1 } });
    expect(states.filter((state) => state === 'ObservePolicyChange').length).toBeGreaterThan(1);
  });

  it.runIf(can.killing)('stops when a node dies between two writes, and resumes when it is back', async () => {
    const vhost = 'node-loss';
    await prepare(vhost);
    await drift(vhost, ['orders', 'audit']);
    const workflow = await RealWorkflow.create(cluster, declared(vhost));
    const second = (): boolean => workflow.writes.length === 1;
    workflow.before(
      (_request, state) => state === 'ApplyPolicyChange' && second(),
      async () => {
        await cluster.kill(2);
        await waitUntil('the loss is noticed', timeoutMs, async () => {
          const nodes = await cluster.client().get<readonly { readonly running: boolean }[]>('/api/nodes');
          return nodes.some(({ running }) => !running) ? true : undefined;
        });
      },
    );

    const { output: refused } = await workflow.run('remediate');
    expect(refused).toMatchObject({ outcome: 'Refused', drift: { remediated: 1 } });
    expect(refused.refused.map(({ code }) => code)).toContain('NODE_DOWN');
    expect(workflow.writes).toEqual([`PUT /api/policies/${vhost}/orders`]);
    expect(await policyNow(vhost, 'audit')).toEqual({ 'max-length': 9_999 });

    await cluster.restart(2);
    await cluster.allRunning();
    await waitUntil('a run that nothing stops', timeoutMs, async () => {
      const { output } = await workflow.run('remediate');
      return output.outcome === 'Remediated' ? true : undefined;
    });
    expect(workflow.writes).toEqual([`PUT /api/policies/${vhost}/orders`, `PUT /api/policies/${vhost}/audit`]);
    await complete(vhost);
    await expectAllMessages(vhost);
  });

  it.runIf(can.control)('looks again when somebody writes between judgement and write, and can roll back', async () => {
    const vhost = 'two-hands';
    await prepare(vhost);
    await drift(vhost, ['audit']);
    const workflow = await RealWorkflow.create(cluster, declared(vhost));
    const ofPolicy = `/api/policies/${vhost}/audit`;
    const shape = { pattern: '^audit$', 'apply-to': 'queues', priority: 4 };
    const intruders = withMirrors({ 'max-length': 7_777 });
    workflow.before(
      ({ method, path }, state) => state === 'ApplyPolicyChange' && method === 'GET' && path === ofPolicy,
      async () => {
        await cluster.client().put(ofPolicy, { ...shape, definition: intruders });
        await waitUntil('samples that show the second hand', timeoutMs, async () => {
          const audit = (await shown(vhost)).find(({ policy }) => policy === 'audit');
          return audit?.effective_policy_definition['max-length'] === 7_777 ? true : undefined;
        });
      },
    );

    const { output } = await workflow.run('remediate');
    expect(output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 1 } });
    expect(workflow.writes).toEqual([`PUT ${ofPolicy}`]);
    expect(await policyNow(vhost, 'audit')).toEqual(withMirrors({ 'max-length': 6_000 }));

    // What was there when it was written goes back, not what was there when it was judged.
    const { output: rolledBack } = await workflow.run('rollback');
    expect(rolledBack.outcome).toBe('RolledBack');
    expect(await policyNow(vhost, 'audit')).toEqual(intruders);
  });

  it.runIf(can.control)('writes once when the answer of the write is lost', async () => {
    const vhost = 'lost-answer';
    await prepare(vhost);
    await drift(vhost, ['audit']);
    const workflow = await RealWorkflow.create(cluster, declared(vhost));
    workflow.loseNextAnswer();
    const { output } = await workflow.run('remediate');
    expect(output).toMatchObject({ outcome: 'Remediated', drift: { remediated: 1 } });
    expect(workflow.writes).toEqual([`PUT /api/policies/${vhost}/audit`]);
    await complete(vhost);
    await expectAllMessages(vhost);
  });
});

/** Messages whose copying takes several seconds on a small host. */
const deepMessages = 20_000;

/** An expression that publishes persistent messages of 200 bytes from inside a node, which takes a second. */
const fill = (vhost: string, queue: string, count: number): string =>
  [
    `X = rabbit_misc:r(<<"${vhost}">>, exchange, <<"">>)`,
    `Body = binary:copy(<<"x">>, 200)`,
    `[rabbit_basic:publish(X, <<"${queue}">>, [{delivery_mode, 2}], Body) || _ <- lists:seq(1, ${count})]`,
    'done.',
  ].join(', ');
