import type { EndpointState } from '../../functions/brokers/broker-endpoints.ts';
import { type FinalCheck, finalCheck } from '../../functions/control/final-check.ts';
import { type GuardReading, type Lock, leaseSeconds } from '../../functions/control/guards.ts';
import type { Intent, IntentOperation } from '../../functions/control/intent.ts';
import { applyNextChange } from '../../functions/policy-drift/apply-change.ts';
import { driftInputSchema } from '../../functions/policy-drift/drift-input.ts';
import type { ChangeRecord } from '../../functions/policy-drift/drift-records.ts';
import type { DriftPorts } from '../../functions/policy-drift/ports.ts';
import { promoteReplica } from '../../functions/promotion/promote-replica.ts';
import { requestFailover } from '../../functions/promotion/request-failover.ts';
import { switchoverInputSchema } from '../../functions/promotion/switchover-input.ts';
import { createReplicaBroker } from '../../functions/replica/create-replica-broker.ts';
import { deleteReplica } from '../../functions/replica/delete-replica.ts';
import { rebootPrimary } from '../../functions/replica/reboot-primary.ts';
import { createReplicaInputSchema } from '../../functions/replica/replica-request.ts';
import { unpairInputSchema } from '../../functions/replica/unpair-input.ts';
import { unpairPrimary } from '../../functions/replica/unpair-primary.ts';
import { ServiceUnavailable } from '../../functions/runtime/errors.ts';
import type { Finding, PlannedWrite } from '../../functions/runtime/finding.ts';
import {
  asRole,
  eastRef,
  healthyGauges,
  noonMs,
  ordersPair,
  pairedEast,
  pairedWest,
  pendingEast,
  pendingWest,
  unpairedEast,
  westRef,
} from './brokers.ts';
import { earlierIntent, FakeBrokers, FakeClock, FakeControl, FakeMetrics } from './fake-ports.ts';
import { memoryRecords } from './memory-records.ts';
import { cluster, config, mirrored, policy, queue, systemPolicy } from './rabbit.ts';

const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:writer:run-1';

/** Lock and freezes of a pair or cluster, as a test moves them. */
export class FakeGuards {
  readonly ours: Lock = {
    owner: executionArn,
    fence: 3,
    expiresAtMs: noonMs + leaseSeconds * 1_000,
    purpose: 'writer',
  };
  lock: Lock = this.ours;
  frozen = false;
  reachable = true;
  reads = 0;
  /** What happens before a read, which is counted from 1. */
  beforeRead: (read: number) => void = () => {};

  /** Another run takes the lock. */
  loseLock(): void {
    this.lock = { ...this.ours, owner: 'arn:theirs', fence: 4 };
  }

  async read(): Promise<GuardReading> {
    this.reads += 1;
    this.beforeRead(this.reads);
    if (!this.reachable) return { known: false, reason: 'the Control table does not answer' };
    const freeze = { reason: 'stock-taking', by: 'ann', atMs: noonMs };
    return { known: true, lock: this.lock, ...(this.frozen && { freeze }) };
  }

  async acquire(
    owner: string,
    _purpose: string,
    nowMs: number,
  ): Promise<{ readonly acquired: boolean; readonly lock: Lock }> {
    if (!this.reachable) throw new ServiceUnavailable('the Control table does not answer');
    const acquired = this.lock.owner === owner;
    if (acquired) this.lock = { ...this.lock, expiresAtMs: nowMs + leaseSeconds * 1_000 };
    return { acquired, lock: this.lock };
  }

  /** The final check of a run on a pair. */
  check(dryRun: boolean): FinalCheck {
    const run = { executionArn, automatic: false, overrideControl: null, fence: dryRun ? null : this.ours.fence };
    const ports = { readGuards: () => this.read(), nowMs: () => noonMs };
    return () => finalCheck(run, { automaticFailover: false, antiFlapSeconds: 0 }, ports);
  }
}

/** How a writer answers. */
export interface Answered {
  readonly outcome: string;
  readonly blockers?: readonly Finding[];
  readonly plannedWrites?: readonly PlannedWrite[];
}

/** One of the seven writers, with all that a test does to it. */
export interface Writer {
  readonly guards: FakeGuards;
  /** What it did, in order: records by their new status, and `call`. */
  readonly log: readonly string[];
  run(options?: { readonly dryRun?: boolean }): Promise<Answered>;
  /** Brings about what the write is for, so that nothing is left to do. */
  finish(): void;
  /** Makes a gate speak against the write. */
  block(): void;
  /** Leaves behind an intent, so old in milliseconds, whose call nobody has confirmed. */
  leaveIntent(ageMs: number): Promise<void>;
  failCall(how: 'answer lost' | Error | { readonly lie: Error }): void;
  /** Lets the time pass that a writer keeps away after a failed attempt; most keep none. */
  passBackOff(): void;
  /** The Control table does not answer any more. */
  cutTable(): void;
}

/** What differs between the writers of a pair. */
interface PairWriterParts {
  readonly brokers: FakeBrokers;
  readonly operation: IntentOperation;
  readonly intent?: Partial<Intent>;
  readonly finish: () => void;
  readonly run: (
    ports: PairPorts,
    options: { readonly dryRun: boolean; readonly blocked: boolean },
  ) => Promise<Answered>;
}

interface PairPorts {
  readonly brokers: FakeBrokers;
  readonly control: FakeControl;
  readonly clock: FakeClock;
  readonly finalCheck: FinalCheck;
}

const pairWriter = ({ brokers, operation, intent, finish, run }: PairWriterParts): Writer => {
  const control = new FakeControl();
  const guards = new FakeGuards();
  const clock = new FakeClock();
  let blocked = false;
  brokers.onWrite = finish;
  // Calls and records in one list, since their order counts.
  Object.assign(brokers, { calls: control.writes });
  return {
    guards,
    get log() {
      return control.writes.map((line) =>
        line.endsWith(`${operation} 1`) || line.endsWith(`${operation} 2`) ? (line.split(' ')[0] ?? '') : 'call',
      );
    },
    run: ({ dryRun = false } = {}) =>
      run({ brokers, control, clock, finalCheck: guards.check(dryRun) }, { dryRun, blocked }),
    finish,
    block: () => {
      blocked = true;
    },
    leaveIntent: async (ageMs) => {
      control.given(earlierIntent(operation, { ...intent, openedAtMs: noonMs - ageMs }));
    },
    failCall: (how) => {
      brokers.nextWrite = how;
    },
    passBackOff: () => {},
    cutTable: () => {
      guards.reachable = false;
      control.readIntent = () => Promise.reject(new ServiceUnavailable('the Control table does not answer'));
    },
  };
};

const pair = ordersPair();

const promoteReplicaWriter = (): Writer => {
  const brokers = new FakeBrokers(pairedEast(), pairedWest());
  let clients: EndpointState = 'accepts';
  return pairWriter({
    brokers,
    operation: 'Promote',
    intent: { subject: westRef.brokerId, mode: 'SWITCHOVER' },
    finish: () => {
      clients = 'refuses';
      brokers.set(pairedEast(asRole('replica')), pairedWest(asRole('primary')));
    },
    run: (ports, { dryRun, blocked }) =>
      promoteReplica(
        switchoverInputSchema.parse({ pair: 'orders', targetRegion: 'us-west-2', reason: 'test', dryRun }),
        pair,
        { executionArn, region: 'us-west-2' },
        { ...ports, metrics: new FakeMetrics(blocked ? {} : healthyGauges()), probe: async () => clients },
      ),
  });
};

const requestFailoverWriter = (): Writer => {
  const brokers = new FakeBrokers(pairedEast(), pairedWest());
  return pairWriter({
    brokers,
    operation: 'Promote',
    intent: { subject: westRef.brokerId, mode: 'FAILOVER' },
    finish: () => brokers.set(pairedWest(asRole('primary'))),
    run: (ports, { dryRun, blocked }) =>
      requestFailover(
        {
          pair,
          runningRegion: 'us-west-2',
          executionArn,
          acceptDataLoss: !blocked,
          dryRun,
          withoutControl: false,
          automatic: false,
          agreedAtMs: null,
        },
        { ...ports, metrics: new FakeMetrics({}), heartbeats: { read: async () => undefined } },
      ),
  });
};

const always = { reason: 'always', days: ['wednesday'], startUtc: '00:00', durationMinutes: 1_440 } as const;

const rebootPrimaryWriter = (): Writer => {
  const brokers = new FakeBrokers(pendingEast(), pendingWest());
  return pairWriter({
    brokers,
    operation: 'RebootBroker',
    intent: { subject: eastRef.brokerId },
    finish: () => brokers.set(pendingEast({ state: 'REBOOT_IN_PROGRESS' })),
    run: (ports, { dryRun, blocked }) =>
      rebootPrimary(
        {
          pair: 'orders',
          purpose: 'pair',
          primary: eastRef,
          replica: westRef,
          protectedWindows: blocked ? [{ ...always, days: [...always.days] }] : [],
          executionArn,
          dryRun,
        },
        ports,
      ),
  });
};

const unpairPrimaryWriter = (): Writer => {
  const brokers = new FakeBrokers(pairedEast(), pairedWest());
  return pairWriter({
    brokers,
    operation: 'UpdateBroker',
    intent: { subject: eastRef.brokerId },
    finish: () => brokers.set(pairedEast({ pendingReplicationMode: 'NONE' })),
    run: (ports, { dryRun, blocked }) =>
      unpairPrimary(
        unpairInputSchema.parse({ pair: 'orders', confirm: blocked ? 'other' : 'orders', reason: 'test', dryRun }),
        pair,
        executionArn,
        ports,
      ),
  });
};

const ordinary = { role: 'none', roleText: undefined, counterpart: undefined, replicationMode: 'NONE' } as const;

const deleteReplicaWriter = (): Writer => {
  const brokers = new FakeBrokers(pairedEast(ordinary), pairedWest(ordinary));
  return pairWriter({
    brokers,
    operation: 'DeleteBroker',
    intent: { subject: westRef.brokerId },
    finish: () => brokers.set(pairedWest({ ...ordinary, state: 'DELETION_IN_PROGRESS' })),
    run: (ports, { dryRun, blocked }) =>
      deleteReplica(
        {
          pair: 'orders',
          primary: eastRef,
          replica: westRef,
          replicaBrokerId: blocked ? eastRef.brokerId : westRef.brokerId,
          executionArn,
          dryRun,
        },
        ports,
      ),
  });
};

const createReplicaWriter = (): Writer => {
  const brokers = new FakeBrokers(unpairedEast());
  brokers.users.set('replication-user', { replicationUser: true, consoleAccess: false });
  const readCredentials = async (arn: string) => ({ username: `${arn}-user`, password: 'correct-horse-1' });
  return pairWriter({
    brokers,
    operation: 'CreateBroker',
    finish: () => brokers.set(pendingEast(), pendingWest()),
    run: (ports, { dryRun, blocked }) => {
      if (blocked) brokers.users.clear();
      return createReplicaBroker(
        createReplicaInputSchema.parse({
          pair: 'orders',
          primaryBrokerArn: eastRef.arn,
          replicaRegion: 'us-west-2',
          replicaName: westRef.brokerName,
          consoleUserSecretArn: 'console',
          replicationUserSecretArn: 'replication',
          reason: 'test',
          dryRun,
        }),
        executionArn,
        { ...ports, readCredentials },
      );
    },
  });
};

const earlierChange: ChangeRecord = {
  vhost: '/',
  name: 'orders',
  because: 'HA_MISSING',
  reason: 'test',
  before: null,
  after: null,
  desired: 'an earlier wish',
  status: 'issuing',
  settledAs: null,
  openedAtMs: noonMs,
  executionArn,
  queues: 0,
  effects: [],
};

/** The writer of policy changes, and a person who writes the same policy. */
export const applyChangeWriter = (): Writer & { readonly writeByHand: () => void } => {
  const log: string[] = [];
  const guards = new FakeGuards();
  const statusOf = (value: unknown): string => {
    const { status, settledAs } = value as { readonly status: string; readonly settledAs: string | null };
    return settledAs ?? (status === 'issuing' ? 'open' : status);
  };
  const records = memoryRecords((name, value) => {
    if (name.startsWith('CHANGE#')) log.push(statusOf(value));
  });
  const without = policy({ definition: { 'max-length': 100 } });
  let policies = [without];
  let actionsRequired: string[] = [];
  let next: Parameters<Writer['failCall']>[0] | 'done' = 'done';
  const write = async () => {
    const how = next;
    next = 'done';
    log.push('call');
    if (how instanceof Error) throw how;
    policies = [policy({ definition: { 'max-length': 100, ...mirrored } })];
    if (typeof how === 'object') throw how.lie;
    return how === 'done'
      ? ({ outcome: 'done', answer: undefined } as const)
      : ({ outcome: 'unknown', reason: 'the answer was lost' } as const);
  };
  const clock = new FakeClock();
  const ports: DriftPorts = {
    clock,
    brokers: {
      describe: async () => unpairedEast({ engine: 'rabbitmq', consoleUrl: 'https://broker', actionsRequired }),
    },
    management: async () => ({
      readCluster: async () =>
        cluster({
          readAtMs: clock.nowMs(),
          policies: [systemPolicy, ...policies],
          queues: [queue({ policy: 'orders', effectiveDefinition: policies[0]?.definition ?? {} })],
        }),
      readPolicy: async (_vhost, name) => policies.find((candidate) => candidate.name === name),
      putPolicy: write,
      deletePolicy: write,
    }),
    records,
    guards: { read: () => guards.read(), acquire: (...asked) => guards.acquire(...asked), release: async () => {} },
  };
  return {
    guards,
    log,
    run: ({ dryRun = false } = {}) =>
      applyNextChange(
        {
          input: driftInputSchema.parse({ cluster: 'events', mode: 'remediate', reason: 'test', dryRun }),
          config: config(),
          executionArn,
        },
        ports,
      ),
    finish: () => {
      policies = [policy({ definition: { 'max-length': 100, ...mirrored } })];
    },
    block: () => {
      actionsRequired = ['DATA_LOSS_IMMINENT'];
    },
    leaveIntent: async (ageMs) => {
      await records.write(`CHANGE#run-1#0001`, { ...earlierChange, openedAtMs: noonMs - ageMs }, 0);
      log.length = 0;
    },
    failCall: (how) => {
      next = how;
    },
    passBackOff: () => clock.advanceMs(3_600_000),
    writeByHand: () => {
      policies = [policy({ definition: { 'max-length': 200 } })];
    },
    cutTable: () => {
      guards.reachable = false;
      records.list = () => Promise.reject(new ServiceUnavailable('the Control table does not answer'));
    },
  };
};

/** Every function that writes to a broker, by the name of its module. */
export const writers: Readonly<Record<string, () => Writer>> = {
  'promote-replica': promoteReplicaWriter,
  'request-failover': requestFailoverWriter,
  'reboot-primary': rebootPrimaryWriter,
  'unpair-primary': unpairPrimaryWriter,
  'delete-replica': deleteReplicaWriter,
  'create-replica-broker': createReplicaWriter,
  'apply-change': applyChangeWriter,
};
