import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateCluster } from '../../../functions/policy-drift/effective-policy.ts';
import type { RabbitPolicy } from '../../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { RabbitManagement } from '../../../functions/policy-drift/rabbitmq/rabbit-management.ts';
import { planRemediation } from '../../../functions/policy-drift/remediation-plan.ts';
import { systemClock } from '../../../functions/runtime/clock.ts';
import { sendHttp } from '../../../functions/runtime/http-request.ts';
import { abilities } from '../../../tools/real/rabbitmq/given-cluster.ts';
import { startTestCluster } from '../../../tools/real/rabbitmq/start-test-cluster.ts';
import type { TestCluster } from '../../../tools/real/rabbitmq/test-cluster.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { config, profileOf } from '../../support/rabbit.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { withoutRabbit } from './without-rabbit.ts';

const manyPolicies = 10_000;
const can = abilities(process.env);

/** The interval of statistics is 1 s, and queues that rest report at their next turn. */
const samplePatienceMs = 30_000;

/**
 * Does something with so many policies in one transaction. One request each would take minutes: the broker holds every
 * new policy against all others of its virtual host.
 */
const manyPoliciesAs = (what: string): string =>
  `{atomic, ok} = mnesia:transaction(fun() ->
    lists:foreach(fun(I) ->
      N = integer_to_binary(I),
      Record = {runtime_parameters, {<<"many">>, <<"policy">>, <<"p", N/binary>>}, [
        {<<"pattern">>, <<"^q", N/binary, "\\\\.">>}, {<<"definition">>, [{<<"max-length">>, 10}]},
        {<<"priority">>, 1}, {<<"apply-to">>, <<"queues">>}]},
      ${what}
    end, lists:seq(0, ${manyPolicies - 1})) end), done.`.replaceAll(/\s+/g, ' ');

describe.runIf(!withoutRabbit)('the management API of a real cluster', () => {
  let cluster: TestCluster;
  let proxy: FaultyProxy;

  beforeAll(async () => {
    cluster = await startTestCluster(process.env);
    proxy = await FaultyProxy.start(cluster.origin(0));
  });

  afterAll(async () => {
    await proxy?.stop();
    await cluster?.stop();
  });

  const through = (origin: string, credentials = cluster.credentials): RabbitManagement =>
    new RabbitManagement({ clock: systemClock, httpRequest: sendHttp }, { origin, credentials });

  const policy = (changes: Partial<RabbitPolicy> = {}): RabbitPolicy => ({
    vhost: '/',
    name: 'one',
    pattern: '^one',
    applyTo: 'queues',
    definition: { 'max-length': 10 },
    priority: 3,
    ...changes,
  });

  it('denies wrong credentials by name, and the message has no password', async () => {
    const wrong = through(cluster.origin(0), { username: 'administrator', password: 'guessed-wrongly' });
    const error = await wrong.readCluster().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'AccessDenied' });
    expect(String(error)).not.toContain('guessed-wrongly');
    await expect(wrong.putPolicy(policy())).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('names a management plugin that answers 500 or not at all', { timeout: 60_000 }, async () => {
    const management = through(proxy.origin);
    proxy.faultOf = (_method, path) => (path.startsWith('/api/queues') ? 500 : 'none');
    await expect(management.readCluster()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    proxy.faultOf = (_method, path) => (path.startsWith('/api/queues') ? 'silence' : 'none');
    await expect(management.readCluster()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    proxy.faultOf = (method) => (method === 'PUT' ? 'silence' : 'none');
    expect(await management.putPolicy(policy({ name: 'silent' }))).toMatchObject({ outcome: 'unknown' });
    expect(await management.readPolicy('/', 'silent')).toBeUndefined();
  });

  it('writes, reads and deletes policies whatever their names', async () => {
    const management = through(cluster.origin(0));
    const vhost = 'vhost/% ü';
    await cluster.client().put(`/api/vhosts/${encodeURIComponent(vhost)}`, {});
    for (const name of ['a/b', 'with space', '100%', '%2F', 'größe', '注文', 'v1..2', 'x'.repeat(255), '"', '?a=b#c']) {
      const wanted = policy({ vhost, name });
      expect(await management.putPolicy(wanted)).toEqual({ outcome: 'done' });
      expect(await management.readPolicy(vhost, name)).toEqual(wanted);
      expect(await management.deletePolicy(vhost, name)).toEqual({ outcome: 'done' });
      expect(await management.readPolicy(vhost, name)).toBeUndefined();
    }
  });

  it('refuses an invalid pattern, a wrong type and a lost virtual host by name, and writes nothing', async () => {
    const management = through(cluster.origin(0));
    const bad: readonly RabbitPolicy[] = [
      policy({ name: 'bad', pattern: '(' }),
      policy({ name: 'bad', definition: { 'max-length': 'many' } }),
      policy({ name: 'bad', definition: { 'no-such-key': 1 } }),
    ];
    for (const each of bad) {
      await expect(management.putPolicy(each)).rejects.toMatchObject({ name: 'RequestRejected' });
    }
    const lost = policy({ vhost: 'gone' });
    await expect(management.putPolicy(lost)).rejects.toMatchObject({
      name: expect.stringMatching(/NotFound|RequestRejected/),
    });
    expect(await management.readPolicy('/', 'bad')).toBeUndefined();
  });

  it('reads the limits of virtual hosts, none for negative numbers', async () => {
    const client = cluster.client();
    await client.put('/api/vhosts/limited', {});
    await client.put('/api/vhost-limits/limited/max-queues', { value: 7 });
    await client.put('/api/vhost-limits/limited/max-connections', { value: -1 });
    const { vhostLimits } = await through(cluster.origin(0)).readCluster();
    expect(vhostLimits).toEqual([{ vhost: 'limited', maxQueues: 7, maxConnections: undefined }]);
  });

  it.runIf(can.control)('plans no write where the path would step up', async () => {
    await cluster.control(['set_policy', '..', '^dots', '{"max-length": 5}']);
    try {
      for (const name of ['..', '%2E%2E']) {
        // A read is answered as one of everything in the virtual host, a write not at all.
        expect(await cluster.client().get(`/api/policies/%2F/${name}`)).toEqual(expect.any(Array));
        await expect(cluster.client().delete(`/api/policies/%2F/${name}`)).rejects.toThrow(': 405');
      }
      const seen = await through(cluster.origin(0)).readCluster();
      expect(seen.policies.find(({ name }) => name === '..')).toMatchObject({ vhost: '/', pattern: '^dots' });
      const profile = profileOf(seen.version);
      const { refused, steps } = planRemediation({
        cluster: seen,
        profile,
        limits: config().limits,
        changes: [{ vhost: '/', name: '..', after: undefined, because: 'TEST' }],
        declared: new Set(),
        simulated: simulateCluster(seen, profile),
        histories: new Map(),
        nowMs: 0,
      });
      expect([steps, refused.map(({ code }) => code)]).toEqual([[], ['UNWRITABLE_NAME']]);
    } finally {
      await cluster.control(['clear_policy', '..']);
    }
  });

  it.runIf(can.control)(`reads ${manyPolicies} policies in eight calls and simulates them`, async () => {
    const client = cluster.client();
    await client.put('/api/vhosts/many', {});
    await cluster.control(['eval', manyPoliciesAs('mnesia:write(rabbit_runtime_parameters, Record, write)')]);
    let calls = 0;
    const counting = new RabbitManagement(
      {
        clock: systemClock,
        httpRequest: (...request) => {
          calls += 1;
          return sendHttp(...request);
        },
      },
      { origin: cluster.origin(0), credentials: cluster.credentials },
    );
    await client.put('/api/queues/many/q9999.a', { durable: true });
    const seen = await counting.readCluster();
    expect(calls).toBe(8);
    expect(seen.policies.filter(({ vhost }) => vhost === 'many')).toHaveLength(manyPolicies);
    const [simulated] = simulateCluster(seen, profileOf(seen.version)).filter(({ queue }) => queue.vhost === 'many');
    expect(simulated?.effective).toMatchObject({ decided: true, policy: { name: 'p9999' } });
    await waitUntil('a sample of the queue with its policy', samplePatienceMs, async () => {
      const queue = await client.get<{ readonly policy?: string }>('/api/queues/many/q9999.a');
      expect(queue.policy).toBe('p9999');
      return queue;
    });
    await cluster.control(['eval', manyPoliciesAs('mnesia:delete_object(rabbit_runtime_parameters, Record, write)')]);
  });
});
