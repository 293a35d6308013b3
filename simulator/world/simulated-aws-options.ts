import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { DataPlanes } from './mq/data-planes.ts';
import type { MqSettings } from './mq/mq-settings.ts';

/** What a simulated AWS is made of. */
export interface SimulatedAwsOptions {
  readonly clock: VirtualClock;
  readonly seed: number;
  /** Message stores, replication and AMQP; `ActiveMqDataPlanes` by default. */
  readonly dataPlanes?: DataPlanes;
  readonly regions?: readonly string[];
  /** Twelve digits. */
  readonly accountId?: string;
  readonly mq?: Partial<MqSettings>;
  /** Virtual time between the start of a metric's minute and the moment when readers see its point. */
  readonly publicationDelayMs?: number;
  /** Virtual time until a write to a table with eventual consistency is seen in another Region. */
  readonly tableReplicationLagMs?: number;
  /** An empty folder for the items of tables; left out, they are in memory, as suits some ten thousand of them. */
  readonly tableFolder?: string | undefined;
}

/** What a simulated AWS has when its options leave it out. */
export const simulatedAwsDefaults = {
  /** Regions of a pair of this project, and of the table that watches over it (docs/amazon-mq.md 1). */
  regions: ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
  accountId: '123456789012',
  /**
   * A reader sees a one-minute point about 90 s after its minute began: the minute itself, and some 30 s until
   * CloudWatch has published it. Monitoring vendors count on about two minutes
   * (https://docs.datadoghq.com/integrations/guide/cloud-metric-delay/).
   */
  publicationDelayMs: 90_000,
  /**
   * Writes to a global table are usually seen in the other Regions within a second
   * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html).
   */
  tableReplicationLagMs: 1_000,
} as const;
