import { describe, expect, it } from 'vitest';
import { RabbitManagement } from '../../../../functions/policy-drift/rabbitmq/rabbit-management.ts';
import type { HttpAnswer, HttpRequest } from '../../../../functions/runtime/http-request.ts';
import { fakeRuntime } from '../../../support/fake-ports.ts';
import { policy } from '../../../support/rabbit.ts';

const password = 'very-secret-42';
const access = { origin: 'https://broker.example', credentials: { username: 'admin', password } };

const setup = (answer: (request: HttpRequest) => HttpAnswer | Error) => {
  const requests: HttpRequest[] = [];
  const runtime = fakeRuntime({
    httpRequest: async (request) => {
      requests.push(request);
      const given = answer(request);
      if (given instanceof Error) throw given;
      return given;
    },
  });
  return { requests, management: new RabbitManagement(runtime, access) };
};

const answers: Readonly<Record<string, unknown>> = {
  overview: { rabbitmq_version: '3.13.7', more: 1 },
  nodes: [
    { name: 'rabbit@a', running: true, mem_alarm: false, disk_free_alarm: true, partitions: ['rabbit@b'] },
    { name: 'rabbit@b', running: false },
  ],
  vhosts: [{ name: '/' }],
  policies: [{ vhost: '/', name: 'p', pattern: '.*', 'apply-to': 'all', definition: { 'max-length': 1 }, priority: 3 }],
  'operator-policies': [],
  'vhost-limits': [
    { vhost: '/', value: { 'max-queues': 4_000, 'max-connections': -1 } },
    { vhost: 'shop', value: { 'max-connections': 0 } },
  ],
  'feature-flags': [
    { name: 'quorum_queue', state: 'enabled' },
    { name: 'new', state: 'disabled' },
  ],
  queues: [
    {
      vhost: '/',
      name: 'c',
      type: 'classic',
      durable: true,
      exclusive: false,
      messages: 3,
      message_bytes: 9,
      node: 'rabbit@a',
      state: 'running',
      slave_nodes: ['rabbit@b'],
      synchronised_slave_nodes: [],
      policy: 'p',
      operator_policy: null,
      effective_policy_definition: { 'max-length': 1 },
    },
    {
      vhost: '/',
      name: 'q',
      type: 'quorum',
      durable: true,
      exclusive: false,
      leader: 'rabbit@a',
      members: ['rabbit@a', 'rabbit@b'],
      online: ['rabbit@a'],
      policy: '',
      effective_policy_definition: [],
    },
    { vhost: '/', name: 'new', type: 'rabbit_mqtt_qos0_queue', durable: false },
  ],
};
const healthy = ({ path }: HttpRequest): HttpAnswer => {
  const resource = path.split('?')[0]?.split('/')[2] ?? '';
  return { status: 200, body: JSON.stringify(answers[resource]) };
};
const failing = (code: string): Error => Object.assign(new Error(`failed: ${code}`), { code });

describe('reading a cluster', () => {
  it('takes eight calls and gives what decisions need', async () => {
    const { management, requests } = setup(healthy);
    const read = await management.readCluster();
    expect(requests.length).toBe(8);
    expect(read).toMatchObject({
      version: '3.13.7',
      nodes: [
        { diskAlarm: true, partitions: ['rabbit@b'] },
        { running: false, memoryAlarm: 'absent', diskAlarm: 'absent', partitions: 'absent' },
      ],
      featureFlags: ['quorum_queue'],
      vhostLimits: [
        { vhost: '/', maxQueues: 4_000, maxConnections: undefined },
        { vhost: 'shop', maxQueues: undefined, maxConnections: 0 },
      ],
      policies: [{ applyTo: 'all', priority: 3 }],
      queues: [
        {
          type: 'classic',
          leader: 'rabbit@a',
          mirrors: ['rabbit@b'],
          synchronisedMirrors: [],
          policy: 'p',
          operatorPolicy: undefined,
        },
        {
          type: 'quorum',
          members: { length: 2 },
          onlineMembers: ['rabbit@a'],
          policy: undefined,
          effectiveDefinition: {},
          messages: 'absent',
        },
        { type: 'other', state: 'unknown', effectiveDefinition: 'absent' },
      ],
    });
  });

  it.each([
    [{ status: 401, body: '{}' }, 'AccessDenied'],
    [{ status: 403, body: '{}' }, 'AccessDenied'],
    [{ status: 404, body: '{}' }, 'NotFound'],
    [{ status: 400, body: '{"reason":"because"}' }, 'RequestRejected'],
    [{ status: 429, body: '' }, 'ServiceUnavailable'],
    [{ status: 503, body: '<html>' }, 'ServiceUnavailable'],
    [{ status: 200, body: '<html>' }, 'UnexpectedAnswer'],
    [{ status: 200, body: '[{"name":1}]' }, 'UnexpectedAnswer'],
    [failing('ETIMEDOUT'), 'ServiceUnavailable'],
    [failing('EMSGSIZE'), 'UnexpectedAnswer'],
    [failing('DEPTH_ZERO_SELF_SIGNED_CERT'), 'UntrustedEndpoint'],
    [failing('CERT_HAS_EXPIRED'), 'UntrustedEndpoint'],
    [failing('ERR_TLS_CERT_ALTNAME_INVALID'), 'UntrustedEndpoint'],
  ])('gives %o a name, and never the password', async (answer, name) => {
    const { management } = setup(() => answer);
    const error = await management.readCluster().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name });
    expect(JSON.stringify(error) + String(error)).not.toContain(password);
  });
});

describe('a definition of the wrong type', () => {
  it.each(['text', 7, ['x']])('such as %j is named, not taken for an empty one', async (definition) => {
    const wrong = { vhost: '/', name: 'p', pattern: '.*', definition };
    const { management } = setup(() => ({ status: 200, body: JSON.stringify(wrong) }));
    await expect(management.readPolicy('/', 'p')).rejects.toMatchObject({ name: 'UnexpectedAnswer' });
  });
});

describe('one policy', () => {
  it.each([
    ['/', 'a b', '/api/policies/%2F/a%20b'],
    ['tenant/ü 100%', 'p/q?#', '/api/policies/tenant%2F%C3%BC%20100%25/p%2Fq%3F%23'],
    ['v1..2', '...', '/api/policies/v1..2/...'],
  ])('of %j and %j is asked for at %s', async (vhost, name, path) => {
    const { management, requests } = setup(() => ({ status: 204, body: '' }));
    await management.putPolicy(policy({ vhost, name }));
    await management.deletePolicy(vhost, name);
    expect(requests.map((request) => [request.method, request.path])).toEqual([
      ['PUT', path],
      ['DELETE', path],
    ]);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      pattern: '^orders',
      'apply-to': 'queues',
      definition: { 'max-length': 100 },
      priority: 5,
    });
  });

  it.each([
    ['.', 'orders'],
    ['/', '..'],
  ])(
    'of %j and %j is refused before anything is sent, since no encoding keeps it in its place',
    async (vhost, name) => {
      const { management, requests } = setup(() => ({ status: 204, body: '' }));
      const refused = { name: 'RequestRejected', message: expect.stringContaining('rabbitmqctl') };
      await expect(management.putPolicy(policy({ vhost, name }))).rejects.toMatchObject(refused);
      await expect(management.deletePolicy(vhost, name)).rejects.toMatchObject(refused);
      await expect(management.readPolicy(vhost, name)).rejects.toMatchObject(refused);
      expect(requests).toEqual([]);
    },
  );

  it('that is not there reads as undefined and deletes as done', async () => {
    const { management } = setup(() => ({ status: 404, body: '{}' }));
    expect(await management.readPolicy('/', 'x')).toBeUndefined();
    expect(await management.deletePolicy('/', 'x')).toEqual({ outcome: 'done' });
  });

  it.each([
    [{ status: 201, body: '' }, { outcome: 'done' }],
    [
      { status: 500, body: '' },
      { outcome: 'unknown', reason: 'status 500' },
    ],
    [failing('ECONNRESET'), { outcome: 'unknown', reason: 'ECONNRESET' }],
    [failing('ETIMEDOUT'), { outcome: 'unknown', reason: 'ETIMEDOUT' }],
  ])('whose write is answered with %o is %o', async (answer, outcome) => {
    expect(await setup(() => answer).management.putPolicy(policy())).toEqual(outcome);
  });

  it.each([
    [{ status: 400, body: '{"error":"bad_request","reason":"not a regex"}' }, 'RequestRejected', 'not a regex'],
    [{ status: 404, body: '{}' }, 'NotFound', 'virtual host'],
    [failing('ECONNREFUSED'), 'ServiceUnavailable', 'ECONNREFUSED'],
    [failing('SELF_SIGNED_CERT_IN_CHAIN'), 'UntrustedEndpoint', 'SELF_SIGNED'],
  ])('whose write surely did not happen (%o) is an error by name', async (answer, name, says) => {
    await expect(setup(() => answer).management.putPolicy(policy())).rejects.toMatchObject({
      name,
      message: expect.stringContaining(says),
    });
  });
});
