import { describe, expect, it } from 'vitest';
import type { ClusterSeedInput } from '../../../../../simulator/world/rabbitmq/cluster-seed.ts';
import { EmbeddedRabbitCluster } from '../../../../../simulator/world/rabbitmq/embedded-cluster.ts';
import { answerManagementApi } from '../../../../../simulator/world/rabbitmq/management-api.ts';

const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' };

const setup = (seed: ClusterSeedInput = {}) => {
  const clock = { nowMs: 0 };
  const cluster = new EmbeddedRabbitCluster(seed, () => clock.nowMs);
  const put = (name: string, definition: Record<string, unknown>, more = {}) =>
    cluster.putPolicy({ vhost: '/', name, pattern: '.*', 'apply-to': 'queues', definition, priority: 9, ...more });
  const queue = (name: string) => cluster.queues.find((each) => each.name === name);
  return { clock, cluster, put, queue };
};

describe('the embedded RabbitMQ cluster', () => {
  it('synchronises new mirrors in time, and the queue says so meanwhile', () => {
    const { clock, put, queue } = setup({
      version: '3.10.20',
      awsPolicies: false,
      queues: [{ name: 'q', messages: 1_000 }],
      syncPerSecond: 100,
    });
    put('all', mirrored);
    expect(queue('q')).toMatchObject({ state: 'syncing', slave_nodes: { length: 2 }, synchronised_slave_nodes: [] });
    clock.nowMs = 9_999;
    expect(queue('q')).toMatchObject({ state: 'syncing' });
    clock.nowMs = 10_000;
    expect(queue('q')).toMatchObject({ state: 'running', synchronised_slave_nodes: { length: 2 } });
  });

  it('leaves the mirrors of a manual policy empty', () => {
    const { clock, put, queue } = setup({
      version: '3.10.20',
      awsPolicies: false,
      queues: [{ name: 'q', messages: 5 }],
    });
    put('manual', { 'ha-mode': 'exactly', 'ha-params': 2, 'ha-sync-mode': 'manual' });
    clock.nowMs = 1_000_000;
    expect(queue('q')).toMatchObject({ state: 'running', slave_nodes: { length: 1 }, synchronised_slave_nodes: [] });
  });

  it('promotes a mirror when the leader is gone, and fills the node when it is back', () => {
    const { clock, cluster, queue } = setup({ version: '3.10.20', queues: [{ name: 'q', messages: 5_000 }] });
    cluster.setNode(1, false);
    expect(queue('q')).toMatchObject({ node: 'rabbit@node-2', state: 'running', slave_nodes: ['rabbit@node-3'] });
    cluster.setNode(1, true);
    expect(queue('q')).toMatchObject({ state: 'syncing' });
    clock.nowMs = 2_000;
    expect(queue('q')).toMatchObject({ state: 'running', synchronised_slave_nodes: { length: 2 } });
  });

  it('shows a queue without mirrors as down while its node is', () => {
    const { cluster, queue } = setup({ version: '3.10.20', awsPolicies: false, queues: [{ name: 'q' }] });
    cluster.setNode(1, false);
    expect(queue('q')).toMatchObject({ state: 'down' });
  });

  it('recreates the system policy after a while, and adds mirroring where it is told to', () => {
    const { clock, cluster, put } = setup({ version: '3.10.20', repairs: { addsMirroring: true, delaySeconds: 60 } });
    cluster.deletePolicy('/', 'ha-all-AWS-OWNED-DO-NOT-DELETE');
    put('mine', { 'max-length': 5 });
    clock.nowMs = 59_999;
    expect(cluster.policy('/', 'ha-all-AWS-OWNED-DO-NOT-DELETE')).toBeUndefined();
    clock.nowMs = 60_000;
    expect(cluster.policy('/', 'ha-all-AWS-OWNED-DO-NOT-DELETE')?.definition).toEqual(mirrored);
    expect(cluster.policy('/', 'mine')?.definition).toEqual({ 'max-length': 5, ...mirrored });
  });

  it('has the service policies of its version', () => {
    const names = (version: string) =>
      setup({ version, vhosts: ['x'] }).cluster.policies.map(({ name }) => name).length;
    expect([names('3.10.20'), names('3.13.7'), names('4.2.1')]).toEqual([2, 3, 2]);
    const operators = (version: string) => setup({ version, vhosts: ['x'] }).cluster.operatorPolicies.length;
    expect([operators('3.10.20'), operators('3.11.28'), operators('4.2.1')]).toEqual([0, 2, 0]);
  });

  it.each([
    ['3.10.20', {}, 'no policy provided'],
    ['3.10.20', { 'ha-sync-mode': 'automatic' }, 'ha-mode must be specified'],
    ['3.10.20', { 'max-length': 'x' }, 'not a valid value'],
    ['3.10.20', { unheard: 1 }, 'not recognised'],
    ['4.2.1', mirrored, 'not recognised'],
  ])('of version %s refuses %j', (version, definition, why) => {
    expect(() => setup({ version }).put('p', definition)).toThrow(why);
  });

  it.each([
    ['3.10.20', { 'apply-to': 'classic_queues' }, 'apply-to'],
    ['3.13.7', { pattern: '(' }, 'regular expression'],
    ['3.13.7', { vhost: 'nowhere' }, 'Not Found'],
    ['3.13.7', { priority: 1.5 }, 'priority'],
  ])('of version %s refuses %j', (version, more, why) => {
    expect(() => setup({ version }).put('p', { expires: 1 }, more)).toThrow(why);
  });
});

describe('its management API', () => {
  const token = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  const admin = (username: string, password: string) => username === 'admin' && password === 'a:b';
  const ask = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: string, who = 'admin:a:b') =>
    answerManagementApi(cluster, { method, path, headers: token(who), ...(body !== undefined && { body }) }, admin);
  const { cluster } = setup({ version: '3.13.7', vhosts: ['a/b'], queues: [{ name: 'q' }] });

  it('refuses everybody but the administrator', () => {
    expect(ask('GET', '/api/overview', undefined, 'admin:x').status).toBe(401);
    expect(ask('GET', '/api/overview').status).toBe(200);
  });

  it('gives the columns that were asked for', () => {
    expect(JSON.parse(ask('GET', '/api/queues?columns=name,state').body)).toEqual([{ name: 'q', state: 'running' }]);
  });

  it('creates, replaces, shows and deletes a policy under names with slashes', () => {
    const path = '/api/policies/a%2Fb/x%2Fy';
    const body = JSON.stringify({ pattern: '^q', definition: { expires: 5 } });
    expect([ask('PUT', path, body).status, ask('PUT', path, body).status]).toEqual([201, 204]);
    expect(JSON.parse(ask('GET', path).body)).toMatchObject({
      vhost: 'a/b',
      name: 'x/y',
      'apply-to': 'all',
      priority: 0,
    });
    expect([ask('DELETE', path).status, ask('DELETE', path).status, ask('GET', path).status]).toEqual([204, 404, 404]);
  });

  it('refuses a body that is no policy, and what it does not model', () => {
    expect(ask('PUT', '/api/policies/%2F/p', '{').status).toBe(400);
    expect(ask('PUT', '/api/policies/%2F/p', '{"pattern":"(","definition":{"expires":1}}')).toMatchObject({
      status: 400,
      body: expect.stringContaining('regular'),
    });
    expect([ask('GET', '/api/shovels').status, ask('DELETE', '/api/vhosts/x').status]).toEqual([501, 501]);
  });
});
