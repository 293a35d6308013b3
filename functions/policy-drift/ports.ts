import type * as z from 'zod/mini';
import type { BrokerReader } from '../brokers/broker-snapshot.ts';
import type { GuardReading, Lock } from '../control/guards.ts';
import type { Clock } from '../runtime/clock.ts';
import type { PolicyWrite, RabbitCluster, RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';

/** A broker's management API, as far as drift needs it; `rabbitmq/rabbit-management.ts` is the real one. */
export interface ManagementPort {
  readCluster(): Promise<RabbitCluster>;
  readPolicy(vhost: string, name: string): Promise<RabbitPolicy | undefined>;
  putPolicy(policy: RabbitPolicy): Promise<PolicyWrite>;
  deletePolicy(vhost: string, name: string): Promise<PolicyWrite>;
}

interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

/** JSON records of one cluster in the Control table; a write must find the version that was read. */
export interface RecordPort {
  read<S extends z.ZodMiniType>(name: string, schema: S): Promise<Versioned<z.output<S>> | undefined>;
  list<S extends z.ZodMiniType>(prefix: string, schema: S): Promise<ReadonlyMap<string, Versioned<z.output<S>>>>;
  write(name: string, value: object, readVersion: number): Promise<void>;
}

/** Lock and freeze of one cluster. */
export interface ClusterGuards {
  read(): Promise<GuardReading>;
  acquire(
    owner: string,
    purpose: string,
    nowMs: number,
  ): Promise<{ readonly acquired: boolean; readonly lock: Pick<Lock, 'owner' | 'purpose' | 'fence'> }>;
  release(owner: string): Promise<void>;
}

/** What the steps of the workflow read and write. */
export interface DriftPorts {
  readonly clock: Pick<Clock, 'nowMs' | 'sleepMs'>;
  readonly brokers: Pick<BrokerReader, 'describe'>;
  readonly management: (consoleUrl: string) => Promise<ManagementPort>;
  readonly records: RecordPort;
  readonly guards: ClusterGuards;
}
