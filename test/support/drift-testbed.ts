import type { ClusterSeedInput } from '../../simulator/world/rabbitmq/cluster-seed.ts';
import { east } from '../../testbed/orders.ts';
import type { Testbed, WorkflowEnd } from '../../testbed/testbed.ts';
import type { ClusterSettings } from '../../testbed/testbed-plan.ts';
import { createTestbed, type TestbedOptions } from './testbed.ts';

/** Mirrors to all nodes, as the service wants it. */
export const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' } as const;

/** A cluster of version 3.10 with one user policy that lacks mirroring, and the service's own policies in order. */
export const oneDrift: ClusterSeedInput = {
  version: '3.10.20',
  queues: [{ name: 'orders.placed', messages: 100 }],
  policies: [{ name: 'orders', pattern: '^orders\\.', definition: { 'max-length': 1_000 }, priority: 5 }],
};

/** A test bed with the RabbitMQ cluster `events` in us-east-1. */
export const createDriftTestbed = (
  broker: ClusterSeedInput,
  settings: ClusterSettings = {},
  options: Pick<TestbedOptions, 'replaceTask'> = {},
): Promise<Testbed> =>
  createTestbed({ ...options, clusters: { events: { region: east, brokerName: 'events', broker, settings } } });

/** Id of the broker of `events`. */
export const eventsBrokerId = ({ aws }: Testbed): string =>
  aws.brokers().find(({ brokerName }) => brokerName === 'events')?.brokerId ?? '';

/** Runs policy-drift on `events` and reads how it ended. */
export const drift = (
  testbed: Testbed,
  mode: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<WorkflowEnd> => testbed.run('policy-drift', east, { cluster: 'events', mode, reason: 'test', ...more });

/** Writes to the cluster, in order: method, policy and outcome. */
export const policyWrites = ({ calls }: Testbed): readonly string[] =>
  calls
    .filter(({ service, operation }) => service === 'rabbitmq' && !operation.startsWith('GET'))
    .map(({ operation, request, outcome }) => {
      const { path } = request as { readonly path: string };
      return `${operation.split(' ')[0]} ${decodeURIComponent(path.split('/').at(-1) ?? '')} ${outcome}`;
    });

/** Codes of findings or held changes in an output, sorted. */
export const codesIn = (list: unknown): readonly string[] =>
  (list as readonly { readonly code: string }[]).map(({ code }) => code).sort();
