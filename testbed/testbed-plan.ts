import type * as z from 'zod';
import type { clusterConfigSchema } from '../functions/config/cluster-config.ts';
import type { PairConfig } from '../functions/config/pair-config.ts';
import type { TaskCall, TaskFailure } from '../simulator/engine/ports.ts';
import type { CrdrSettingsInput } from '../simulator/world/broker/crdr-settings.ts';
import type { MqSettings } from '../simulator/world/mq/mq-settings.ts';
import type { ClusterSeedInput } from '../simulator/world/rabbitmq/cluster-seed.ts';

/** Settings of a pair as they are deployed: plain JSON, defaults left out. */
export type PairSettings = { readonly [K in keyof Omit<PairConfig, 'name' | 'brokers'>]?: unknown };

/** A pair as it is deployed; `brokers` once it replicates. */
export type DeployedPair = PairSettings & { readonly name: string; readonly brokers?: readonly [string, string] };

/** A RabbitMQ cluster as it is deployed: plain JSON, defaults left out. */
export type DeployedCluster = z.input<typeof clusterConfigSchema>;

/** Settings of a cluster, without what the test bed fills in. */
export type ClusterSettings = Partial<Omit<DeployedCluster, 'name' | 'broker' | 'secretArn'>>;

/** Region and name of a broker. */
export interface BrokerPlace {
  readonly region: string;
  readonly brokerName: string;
}

/** A pair as it is when the test bed is made. */
export interface PairPlan {
  readonly primary: BrokerPlace;
  readonly replica: BrokerPlace;
  /** Whether the pair replicates already; else only the primary exists. */
  readonly paired: boolean;
  /** 5.18 unless given. */
  readonly engineVersion?: string;
  readonly hostInstanceType?: string;
  /** Win over what the test bed fills in. */
  readonly settings?: PairSettings;
  /**
   * Gives the pair consumers of its customer, an endpoint parameter, a fencing function and a canary user. Consumers
   * on `hold` are event-source mappings, which a promotion disables. Left out, the pair has nothing but its brokers.
   */
  readonly consumers?: 'hold' | 'live';
  /** Gives the pair a ledger with these settings. */
  readonly ledger?: Readonly<Record<string, unknown>> | undefined;
}

/** A RabbitMQ cluster as it is when the test bed is made. */
export interface ClusterPlan extends BrokerPlace {
  readonly hostInstanceType?: string;
  readonly broker: ClusterSeedInput;
  readonly settings?: ClusterSettings;
}

/** What a test bed is made of. */
export interface TestbedPlan {
  /** Seed of everything random; 1 unless given. */
  readonly seed?: number;
  /** Virtual start, milliseconds since the Unix epoch; `mondayMorningMs` unless given. */
  readonly startMs?: number;
  readonly pairs?: Readonly<Record<string, PairPlan>>;
  readonly clusters?: Readonly<Record<string, ClusterPlan>>;
  /** Whether the deployment's rules and its brokers' alarms are on. */
  readonly triggers?: boolean;
  readonly mq?: Partial<MqSettings>;
  readonly crdr?: CrdrSettingsInput;
  /** False where a run is too long to keep every API call in `calls`. */
  readonly keepsCalls?: boolean;
  /** An empty folder for the items of tables; left out, they are in memory. */
  readonly tableFolder?: string | undefined;
  /** Makes tries of Task states fail or answer without a function. */
  readonly replaceTask?: (call: TaskCall) => TaskFailure | { readonly result: unknown } | undefined;
  /** Definitions in place of the deployed ones, by machine name. */
  readonly definitions?: Readonly<Record<string, string>>;
}

/** Monday, 5 January 2026, 09:00 UTC: a fixed start makes two runs with one seed equal, and no weekly window is near. */
export const mondayMorningMs = Date.UTC(2026, 0, 5, 9);
