import type { ClusterSeedInput } from '../../simulator/world/rabbitmq/cluster-seed.ts';
import type { EmbeddedRabbitCluster } from '../../simulator/world/rabbitmq/embedded-cluster.ts';
import type { DeployedCluster, StageOptions } from '../../testbed/stage.ts';
import { type RunEnd, WorkflowStage } from './workflow-stage.ts';

const admin = { username: 'administrator', password: 'embedded-Rabbit-4242' };

/** Mirrors to all nodes, as the service wants it. */
export const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' } as const;

/** A cluster of version 3.10 with one user policy that lacks mirroring, and the service's own policies in order. */
export const oneDrift: ClusterSeedInput = {
  version: '3.10.20',
  queues: [{ name: 'orders.placed', messages: 100 }],
  policies: [{ name: 'orders', pattern: '^orders\\.', definition: { 'max-length': 1_000 }, priority: 5 }],
};

/** What drift tests settle about a cluster beside its name, its broker and its secret. */
export type DriftSettings = Partial<Omit<DeployedCluster, 'name' | 'broker' | 'secretArn'>>;

/** A stage with the RabbitMQ cluster `events` in us-east-1, and the means to run policy-drift on it. */
export class DriftStage {
  readonly flow: WorkflowStage;
  readonly cluster: EmbeddedRabbitCluster;
  readonly brokerId: string;
  readonly #fixed: Pick<DeployedCluster, 'name' | 'broker' | 'secretArn'>;

  private constructor(flow: WorkflowStage, seed: ClusterSeedInput, settings: DriftSettings) {
    this.flow = flow;
    const { aws } = flow.stage;
    const { broker, cluster } = aws.addRabbitCluster({ region: 'us-east-1', brokerName: 'events' }, seed, admin);
    const secretArn = aws.addSecret({ name: 'rabbit', value: JSON.stringify(admin), regions: ['us-east-1'] });
    this.cluster = cluster;
    this.brokerId = broker.brokerId;
    this.#fixed = { name: 'events', broker: broker.brokerArn, secretArn };
    this.configure(settings);
  }

  static async create(
    seed: ClusterSeedInput,
    settings: DriftSettings = {},
    options: Pick<Partial<StageOptions>, 'replaceTask'> = {},
  ): Promise<DriftStage> {
    return new DriftStage(await WorkflowStage.create(options), seed, settings);
  }

  /** Changes the cluster's settings, as a deployment would. */
  configure(settings: DriftSettings): void {
    this.flow.stage.configureClusters([{ ...this.#fixed, ...settings }]);
  }

  /** Runs policy-drift and reads how it ended. */
  drift(mode: string, more: Readonly<Record<string, unknown>> = {}): Promise<RunEnd> {
    return this.flow.run('policy-drift', 'us-east-1', { cluster: 'events', mode, reason: 'test', ...more });
  }

  play<T>(body: () => Promise<T>): Promise<T> {
    return this.flow.play(body);
  }

  sleepSeconds(seconds: number): Promise<void> {
    return this.flow.stage.clock.sleepMs(seconds * 1_000);
  }

  /** Writes to the broker, in order: method, policy and outcome. */
  policyWrites(): readonly string[] {
    return this.flow.calls
      .filter(({ service, operation }) => service === 'rabbitmq' && !operation.startsWith('GET'))
      .map(({ operation, request, outcome }) => {
        const { path } = request as { readonly path: string };
        return `${operation.split(' ')[0]} ${decodeURIComponent(path.split('/').at(-1) ?? '')} ${outcome}`;
      });
  }
}

/** Codes of findings or held changes in an output, sorted. */
export const codesIn = (list: unknown): readonly string[] =>
  (list as readonly { readonly code: string }[]).map(({ code }) => code).sort();
