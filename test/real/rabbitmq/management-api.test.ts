import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateCluster } from '../../../functions/policy-drift/effective-policy.ts';
import { planRemediation } from '../../../functions/policy-drift/remediation-plan.ts';
import { profileFor } from '../../../functions/policy-drift/version-profiles.ts';
import { RabbitManagement } from '../../../functions/shared/adapters/rabbit-management.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import { sendHttp } from '../../../functions/shared/http-request.ts';
import type { RabbitPolicy } from '../../../functions/shared/rabbit-cluster.ts';
import { config } from '../../support/rabbit.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { abilities } from './given-cluster.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';
import { withoutRabbit } from './without-rabbit.ts';

const manyPolicies = 10_000;

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

  it.runIf(abilities(process.env).control)('plans no write where the path would step up', async () => {
    await cluster.control(['set_policy', '..', '^dots', '{"max-length": 5}']);
    for (const name of ['..', '%2E%2E']) {
      await expect(cluster.client().get(`/api/policies/%2F/${name}`)).rejects.toThrow(': 405');
    }
    const seen = await through(cluster.origin(0)).readCluster();
    const found = seen.policies.find(({ name }) => name === '..');
    expect(found).toMatchObject({ vhost: '/', pattern: '^dots' });
    const profile = profileFor(seen.version);
    if (profile === undefined) throw new TypeError(`no profile for ${seen.version}`);
    const { refused, steps } = planRemediation({
      cluster: seen,
      profile,
      limits: config().limits,
      changes: [{ vhost: '/', name: '..', after: undefined, because: 'TEST' }],
      simulated: simulateCluster(seen, profile),
      histories: new Map(),
      nowMs: Date.now(),
    });
    expect([steps, refused.map(({ code }) => code)]).toEqual([[], ['UNWRITABLE_NAME']]);
    await cluster.control(['clear_policy', '..']);
  });

  it(`reads ${manyPolicies} policies in eight calls and simulates them`, { timeout: 120_000 }, async () => {
    const client = cluster.client();
    // The broker matches each new policy with all of its virtual host, so that many in one take minutes to write.
    const vhosts = Array.from({ length: 20 }, (_unused, index) => `many-${index}`);
    for (const [number, vhost] of vhosts.entries()) {
      await client.put(`/api/vhosts/${vhost}`, {});
      const policies = Array.from({ length: manyPolicies / vhosts.length }, (_unused, index) => {
        const name = `p${number}-${index}`;
        return { name, pattern: `^q${index}\\.`, 'apply-to': 'queues', definition: { 'max-length': 10 }, priority: 1 };
      });
      await client.importDefinitions(vhost, { policies });
    }
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
    await client.put('/api/queues/many-19/q499.a', { durable: true });
    const seen = await counting.readCluster();
    expect(calls).toBe(8);
    expect(seen.policies.filter(({ vhost }) => vhosts.includes(vhost))).toHaveLength(manyPolicies);
    const profile = profileFor(seen.version);
    if (profile === undefined) throw new TypeError(`no profile for ${seen.version}`);
    const [simulated] = simulateCluster(seen, profile).filter(({ queue }) => queue.vhost === 'many-19');
    expect(simulated?.effective).toMatchObject({ decided: true, policy: { name: 'p19-499' } });
  });
});
