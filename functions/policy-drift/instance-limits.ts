/** What Amazon MQ lets a cluster's queues and its virtual host `/` hold by default. */
export interface InstanceLimits {
  /** Messages of one queue. */
  readonly maxLength: number;
  /** Queues and connections of the virtual host; RabbitMQ 3 only. */
  readonly maxQueues: number;
  readonly maxConnections: number;
}

const limits = (maxLength: number, maxQueues: number, maxConnections: number): InstanceLimits => ({
  maxLength,
  maxQueues,
  maxConnections,
});

/** Defaults of clusters by size, the same for both families but for the sizes that one of them lacks; docs/rabbitmq.md 4.4. */
const bySize: Readonly<Record<string, InstanceLimits>> = {
  medium: limits(500_000, 100, 100),
  large: limits(8_000_000, 4_000, 15_000),
  xlarge: limits(9_000_000, 5_000, 20_000),
  '2xlarge': limits(10_000_000, 6_000, 40_000),
  '4xlarge': limits(12_000_000, 10_000, 100_000),
  '8xlarge': limits(20_000_000, 20_000, 200_000),
  '12xlarge': limits(30_000_000, 30_000, 300_000),
  '16xlarge': limits(40_000_000, 40_000, 400_000),
};
const sizesOf: Readonly<Record<string, readonly string[]>> = {
  m5: ['large', 'xlarge', '2xlarge', '4xlarge'],
  m7g: Object.keys(bySize),
};

/** What fits the instance type of a cluster; undefined for a type without documented limits. */
export const limitsOf = (instanceType: string): InstanceLimits | undefined => {
  const [, family = '', size = ''] = instanceType.split('.');
  return sizesOf[family]?.includes(size) ? bySize[size] : undefined;
};
