import { describe, expect, it } from 'vitest';
import type { GaugeName } from '../../../functions/brokers/replication-gauges.ts';
import { type FactPorts, gatherReadinessFacts } from '../../../functions/readiness/gather-facts.ts';
import { AccessDenied, NotFound, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { eastRef, healthyGauges, noonMs, ordersPair, pairedEast, pairedWest, westRef } from '../../support/brokers.ts';
import { FakeBrokers, FakeClock } from '../../support/fake-ports.ts';

interface Asked {
  readonly gauges: readonly (readonly [string, readonly GaugeName[]])[];
  readonly alarms: readonly string[];
  readonly users: readonly string[];
}

const portsWith = (changes: Partial<FactPorts> = {}, brokers = new FakeBrokers(pairedEast(), pairedWest())) => {
  const gauges: (readonly [string, readonly GaugeName[]])[] = [];
  const alarms: string[] = [];
  const users: string[] = [];
  const asked: Asked = { gauges, alarms, users };
  const ports: FactPorts = {
    clock: new FakeClock(),
    region: westRef.region,
    brokers: {
      tryDescribe: (address) => brokers.tryDescribe(address),
      describeUser: async ({ region }, username) => {
        users.push(`${username} in ${region}`);
        return { replicationUser: username === 'replicator', consoleAccess: false };
      },
      readConfiguration: async (region, { id, revision }) => `${region} ${id} ${revision}`,
    },
    control: { readMembers: async () => undefined },
    metrics: {
      read: async ([source]) => {
        if (source !== undefined) gauges.push([source.region, source.gauges]);
        return healthyGauges();
      },
    },
    readGuards: async () => ({ known: true }),
    readHeartbeat: async () => undefined,
    readFence: async () => undefined,
    readGameDay: async () => undefined,
    readAlarms: async (region, brokerName, prefix) => {
      alarms.push(`${brokerName} in ${region}, ${prefix ?? 'all'}`);
      return [];
    },
    readCredentials: async () => ({ username: 'u', password: 'do-not-keep-me' }),
    readLedger: async () => new Map(),
    ...changes,
  };
  return { ports, asked, brokers };
};

const membersOf = ({ members }: Awaited<ReturnType<typeof gatherReadinessFacts>>) => {
  if (!members.known) throw new TypeError(members.reason);
  return members.value;
};

const reconciliation = {
  secretArns: ['us-east-1', 'us-west-2'].map((of) => `arn:aws:secretsmanager:${of}:111122223333:secret:reconcile`),
  ledgerStart: '2026-01-01T00:00:00Z',
};

describe('gatherReadinessFacts', () => {
  it('reads each broker in its Region: its configuration, alarms and the gauges of its role', async () => {
    const { ports, asked } = portsWith();
    const facts = await gatherReadinessFacts(ordersPair({ readiness: { alarmPrefix: 'dr-' } }), ports);
    const [east, west] = membersOf(facts);
    expect(facts.nowMs).toBe(noonMs);
    expect(east.configuration).toMatchObject({ known: true, value: expect.stringMatching(/^us-east-1 c-/) });
    expect(west.reading).toMatchObject({ known: true, broker: { role: 'replica' } });
    expect(asked.gauges).toEqual([
      ['us-east-1', ['TotalReplicationLag', 'PrimaryWaitTime', 'QueueSize', 'StorePercentUsage']],
      ['us-west-2', ['ReplicationLag', 'ReplicaWaitTime', 'StorePercentUsage']],
    ]);
    expect(asked.alarms).toEqual([
      `${eastRef.brokerName} in us-east-1, dr-`,
      `${westRef.brokerName} in us-west-2, dr-`,
    ]);
  });

  it('looks at shared users until one replicates on both', async () => {
    const { ports, asked } = portsWith();
    await gatherReadinessFacts(ordersPair(), ports);
    expect(asked.users).toEqual([
      'admin in us-east-1',
      'admin in us-west-2',
      'replicator in us-east-1',
      'replicator in us-west-2',
    ]);
  });

  it('looks only at the user that is named, and at ten at the most', async () => {
    const named = portsWith();
    await gatherReadinessFacts(ordersPair({ readiness: { replicationUser: 'replicator' } }), named.ports);
    expect(named.asked.users).toEqual(['replicator in us-east-1', 'replicator in us-west-2']);
    const userNames = Array.from({ length: 30 }, (_unused, index) => `user-${index}`);
    const many = portsWith({}, new FakeBrokers(pairedEast({ userNames }), pairedWest({ userNames })));
    await gatherReadinessFacts(ordersPair(), many.ports);
    expect(many.asked.users).toHaveLength(20);
  });

  it('asks a lost Region for nothing more, and keeps the reason', async () => {
    const { ports, asked, brokers } = portsWith();
    brokers.breakReading(eastRef.brokerId, new ServiceUnavailable('no answer'));
    const [east, west] = membersOf(await gatherReadinessFacts(ordersPair(), ports));
    expect(east.reading).toEqual({ known: false, reason: 'no answer' });
    expect(east.configuration).toMatchObject({ known: false });
    expect(east.alarms).toMatchObject({ known: false });
    expect(west.configuration.known).toBe(true);
    expect(asked.alarms).toHaveLength(1);
    expect(asked.users).toEqual([]);
  });

  it('turns every error of the catalogue into a reason', async () => {
    const denied = async () => {
      throw new AccessDenied('denied');
    };
    const { ports } = portsWith({
      readGuards: denied,
      readHeartbeat: denied,
      readGameDay: denied,
      readAlarms: denied,
      readCredentials: denied,
      readLedger: denied,
    });
    const secretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:canary';
    const facts = await gatherReadinessFacts(ordersPair({ canary: { secretArn }, reconciliation }), ports);
    const unknown = { known: false, reason: 'denied' };
    expect(facts).toMatchObject({ guards: unknown, gameDay: unknown, ledger: unknown });
    expect(facts.secrets.get(secretArn)).toEqual(unknown);
    expect(membersOf(facts)[0]).toMatchObject({ heartbeat: unknown, alarms: unknown });
  });

  it('asks the ledger of a pair that has one, and reads the secret of its own Region alone', async () => {
    const read: string[] = [];
    const { ports } = portsWith({
      readCredentials: async (secretArn) => read.push(secretArn),
      readLedger: async () => read.push('ledger'),
    });
    expect(await gatherReadinessFacts(ordersPair(), ports)).toMatchObject({ ledger: { known: false } });
    expect(read).toEqual([]);
    const facts = await gatherReadinessFacts(ordersPair({ reconciliation }), ports);
    expect(read).toEqual([reconciliation.secretArns[1], 'ledger']);
    expect(facts.ledger).toEqual({ known: true, value: 'answers' });
  });

  it('does not keep a secret', async () => {
    const secretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:canary';
    const { ports } = portsWith();
    const facts = await gatherReadinessFacts(ordersPair({ canary: { secretArn } }), ports);
    expect([...facts.secrets]).toEqual([[secretArn, { known: true, value: 'usable' }]]);
  });

  it('knows no members of a pair that has none, and no configuration that the broker does not name', async () => {
    const { ports } = portsWith({}, new FakeBrokers(pairedEast({ configuration: undefined }), pairedWest()));
    const without = await gatherReadinessFacts({ ...ordersPair(), brokers: undefined }, ports);
    expect(without.members).toMatchObject({ known: false, reason: expect.stringContaining('create-replica') });
    expect(membersOf(await gatherReadinessFacts(ordersPair(), ports))[0].configuration.known).toBe(false);
  });

  it('lets an error through that no reading can have', async () => {
    const { ports } = portsWith({
      readGameDay: async () => {
        throw new TypeError('bug');
      },
    });
    await expect(gatherReadinessFacts(ordersPair(), ports)).rejects.toThrow('bug');
    const missing = portsWith({}, new FakeBrokers(pairedEast()));
    const [, west] = membersOf(await gatherReadinessFacts(ordersPair(), missing.ports));
    expect(west.reading).toMatchObject({ known: false, reason: new NotFound(`no broker ${westRef.brokerId}`).message });
  });
});
