import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { simulateCluster } from '../functions/policy-drift/effective-policy.ts';
import { profileFor } from '../functions/policy-drift/version-profiles.ts';
import type { RabbitPolicy, RabbitQueue } from '../functions/shared/rabbit-cluster.ts';
import type { ClusterSeedInput } from '../gameday/world/rabbitmq/cluster-seed.ts';
import { EmbeddedRabbitCluster } from '../gameday/world/rabbitmq/embedded-cluster.ts';
import { answerManagementApi } from '../gameday/world/rabbitmq/management-api.ts';
import { fastestMs } from './fastest.ts';

const version = '3.13.7';
const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' };

/** 1,000 virtual hosts with 5 policies and 5 queues each. */
const largeCluster = (): ClusterSeedInput => {
  const vhosts = Array.from({ length: 1_000 }, (_unused, index) => `tenant-${index}`);
  return {
    version,
    vhosts,
    policies: vhosts.flatMap((vhost) =>
      Array.from({ length: 5 }, (_unused, index) => ({
        vhost,
        name: `policy-${index}`,
        pattern: `^service-${index}\\.`,
        applyTo: 'classic_queues',
        definition: { 'max-length': 1_000 * (index + 1), ...mirrored },
        priority: index + 2,
      })),
    ),
    queues: vhosts.flatMap((vhost) =>
      Array.from({ length: 5 }, (_unused, index) => ({ vhost, name: `service-${index}.requests`, messages: index })),
    ),
  };
};

/** Serves the embedded management API on loopback, so that a GET costs what a GET costs. */
const serve = async (): Promise<{ readonly origin: string; close(): void }> => {
  const cluster = new EmbeddedRabbitCluster(largeCluster(), () => 0);
  const server = createServer((request, response) => {
    const headers = { authorization: request.headers.authorization ?? '' };
    const asked = { method: 'GET' as const, path: request.url ?? '/', headers };
    const { status, body } = answerManagementApi(cluster, asked, () => true);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
};

/** What a function's own process measured: see `policy-drift-detector.ts`. */
export interface Detection {
  readonly calls: number;
  readonly bareMs: number;
  readonly detectMs: number;
  readonly findings: number;
  readonly peakRssMiB: number;
}

/** Memory of Node's heap in a function of 256 MiB: what Lambda leaves beside the process itself. */
const heapMiB = 160;

/** Lets a process of its own detect, as a function would: its memory and its work are not the broker's. */
const detect = async (rounds: number): Promise<Detection> => {
  const { origin, close } = await serve();
  try {
    const file = new URL('./policy-drift-detector.ts', import.meta.url);
    const detector = fork(file, [origin, String(rounds)], { execArgv: [`--max-old-space-size=${heapMiB}`] });
    const [detection] = (await once(detector, 'message')) as [Detection];
    return detection;
  } finally {
    close();
  }
};

/** All in one virtual host, where nothing but the index keeps queues times policies apart. */
const oneVhost = (
  count: number,
): { readonly queues: readonly RabbitQueue[]; readonly policies: readonly RabbitPolicy[] } => {
  const shapes = [
    (index: number) => `^service-${index}\\.`,
    (index: number) => `\\.dead-letter-${index}$`,
    (index: number) => `^(eu|us)-region-${index}`,
    (index: number) => `audit-${index}-`,
  ];
  return {
    policies: Array.from({ length: count }, (_unused, index) => ({
      vhost: '/',
      name: `policy-${index}`,
      pattern: shapes[index % shapes.length]?.(index) ?? '.*',
      applyTo: 'queues',
      definition: { 'max-length': index + 1, ...mirrored },
      priority: index + 1,
    })),
    queues: Array.from({ length: 5_000 }, (_unused, index) => ({
      vhost: '/',
      name: `service-${index}.dead-letter-${index}`,
      type: 'classic' as const,
      durable: true,
      exclusive: false,
      messages: 0,
      messageBytes: 0,
      leader: 'rabbit@a',
      mirrors: [],
      synchronisedMirrors: [],
      members: [],
      onlineMembers: [],
      state: 'running',
      policy: undefined,
      operatorPolicy: undefined,
      effectiveDefinition: {},
    })),
  };
};

/**
 * Measures detection and simulation of policy drift in the embedded world.
 *
 * @returns `detectRatio` detection over its bare GETs, `calls`, simulation times of 5,000 queues in milliseconds with
 * 1,000 and 5,000 policies and how they grow, and the peak resident memory in MiB
 */
export const benchPolicyDrift = async (rounds: number): Promise<Readonly<Record<string, number>>> => {
  const profile = profileFor(version);
  if (profile === undefined) throw new TypeError(`no profile for ${version}`);
  const detection = await detect(rounds);
  const simulation = (count: number) => {
    const scene = { ...oneVhost(count), operatorPolicies: [] };
    return () => simulateCluster(scene, profile);
  };
  const [simulateMs1000, simulateMs5000] = await fastestMs(rounds, [simulation(1_000), simulation(5_000)]);
  return {
    ...detection,
    detectRatio: detection.detectMs / detection.bareMs,
    simulateMs1000,
    simulateMs5000,
    simulateGrowth: simulateMs5000 / simulateMs1000,
  };
};
