import { describe, expect, it } from 'vitest';
import { driftInputSchema } from '../../../functions/policy-drift/drift-input.ts';
import {
  type ChangeRecord,
  openChange,
  readChanges,
  runNameOf,
} from '../../../functions/policy-drift/drift-records.ts';
import { observeChange } from '../../../functions/policy-drift/observe-change.ts';
import type { DriftPorts } from '../../../functions/policy-drift/ports.ts';
import type { RabbitPolicy, RabbitQueue } from '../../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { noonMs, unpairedEast } from '../../support/brokers.ts';
import { memoryRecords } from '../../support/memory-records.ts';
import { cluster, config, mirrored, policy, queue, systemPolicy } from '../../support/rabbit.ts';

const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:policy-drift:run-1';
const was = policy({ definition: { 'max-length': 100 } });
const wanted = policy({ definition: { 'max-length': 100, ...mirrored } });
const nodes = ['rabbit@b', 'rabbit@c'];

const issued = (after: RabbitPolicy | null): ChangeRecord => ({
  vhost: '/',
  name: 'orders',
  because: 'HA_MISSING',
  reason: 'test',
  before: { ...was, definition: { ...was.definition } },
  after: after && { ...after, definition: { ...after.definition } },
  desired: 'x',
  status: 'issued',
  settledAs: null,
  openedAtMs: noonMs,
  executionArn,
  queues: 1,
  effects: [],
});

/** Looks after a write of `after`, while the broker has `policies` and shows this of the queue. */
const look = async (
  after: RabbitPolicy | null,
  policies: readonly RabbitPolicy[],
  shown: Partial<RabbitQueue>,
  { isFinalPoll = false, version = '3.10.20' } = {},
) => {
  const records = memoryRecords();
  await openChange(records, issued(after), 1);
  const seen = cluster({ version, policies: [systemPolicy, ...policies], queues: [queue(shown)] });
  const ports: DriftPorts = {
    clock: { sleepMs: async () => {}, nowMs: () => noonMs + 10_000 },
    brokers: { describe: async () => unpairedEast({ engine: 'rabbitmq', consoleUrl: 'https://broker' }) },
    management: async () => ({
      readCluster: async () => seen,
      readPolicy: async (_vhost, name) => policies.find((candidate) => candidate.name === name),
      putPolicy: async () => ({ outcome: 'done', answer: undefined }),
      deletePolicy: async () => ({ outcome: 'done', answer: undefined }),
    }),
    records,
    guards: {
      read: async () => ({ known: true }),
      acquire: async (owner, purpose) => ({ acquired: true, lock: { owner, purpose, fence: 1 } }),
      release: async () => {},
    },
  };
  const input = driftInputSchema.parse({ cluster: 'events', mode: 'remediate', reason: 'test' });
  const observed = await observeChange({ input, config: config(), executionArn, isFinalPoll }, ports);
  const [record] = await readChanges(records, runNameOf(executionArn));
  return { observed, settledAs: record?.change.settledAs };
};

const old = { policy: 'orders', effectiveDefinition: was.definition };
const fresh = { policy: 'orders', effectiveDefinition: wanted.definition };
const complete = { mirrors: nodes, synchronisedMirrors: nodes };

describe('a write that is in force', () => {
  it('is settled when its queues show it and have all their copies', async () => {
    expect(await look(wanted, [wanted], { ...fresh, ...complete })).toMatchObject({
      observed: { phase: 'settled', waitingFor: 0 },
      settledAs: 'effective',
    });
  });

  it.each([
    ['still shows what was before', { ...old, ...complete }],
    ['shows it and has no mirrors yet', fresh],
    ['has one of two mirrors', { ...fresh, mirrors: ['rabbit@b'], synchronisedMirrors: ['rabbit@b'] }],
    ['has a mirror without all messages', { ...fresh, mirrors: nodes, synchronisedMirrors: ['rabbit@b'] }],
    ['copies right now', { ...fresh, ...complete, state: 'syncing' }],
  ])('is waited for while a queue %s', async (_what, shown) => {
    expect(await look(wanted, [wanted], shown)).toMatchObject({
      observed: { phase: 'syncing', waitingFor: 1 },
      settledAs: null,
    });
  });

  it('is waited for on RabbitMQ 4 too, until its queues show it', async () => {
    const version = '4.2.1';
    const plain = policy({ definition: { 'max-length': 200 } });
    const stale = await look(plain, [plain], old, { version });
    expect(stale.observed).toMatchObject({ phase: 'syncing', waitingFor: 1 });
    const shows = { policy: 'orders', effectiveDefinition: plain.definition };
    expect((await look(plain, [plain], shows, { version })).observed.phase).toBe('settled');
  });

  it('that deleted a policy is waited for while a queue shows the policy', async () => {
    const system = { policy: systemPolicy.name, effectiveDefinition: systemPolicy.definition, ...complete };
    expect((await look(null, [], { ...old, ...complete })).observed).toMatchObject({ phase: 'syncing', waitingFor: 1 });
    expect((await look(null, [], system)).observed.phase).toBe('settled');
  });

  it('does not wait for mirrors that nobody asked to fill', async () => {
    const manual = policy({ definition: { 'ha-mode': 'all', 'ha-sync-mode': 'manual' } });
    const shown = { policy: 'orders', effectiveDefinition: manual.definition, mirrors: nodes };
    expect((await look(manual, [manual], shown)).observed.phase).toBe('settled');
  });

  it('ends the run by name when patience is over', async () => {
    const { observed, settledAs } = await look(wanted, [wanted], old, { isFinalPoll: true });
    expect(observed).toMatchObject({ phase: 'unfinished', blockers: [{ code: 'SYNC_NOT_FINISHED' }] });
    expect(settledAs).toBe('effective');
  });
});
