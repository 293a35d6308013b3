import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateCluster } from '../../functions/policy-drift/effective-policy.ts';
import type { RabbitPolicy, RabbitQueue } from '../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { profileFor } from '../../functions/policy-drift/version-profiles.ts';
import type { ClusterSeedInput } from '../../simulator/world/rabbitmq/cluster-seed.ts';
import { EmbeddedRabbitCluster } from '../../simulator/world/rabbitmq/embedded-cluster.ts';
import { answerManagementApi } from '../../simulator/world/rabbitmq/management-api.ts';
import { type Detection, detectInOwnProcess } from './detection.ts';
import { loopbackCertificate } from './loopback-certificate.ts';
import { quietMs } from './quiet-ms.ts';

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

/** Amazon MQ's own default maximum of queues on its largest instances (docs/rabbitmq.md 4.4), in 40 virtual hosts. */
const fullCluster = (): ClusterSeedInput => {
  const vhosts = Array.from({ length: 40 }, (_unused, index) => `tenant-${index}`);
  const definition = { 'max-length': 100_000, overflow: 'reject-publish', ...mirrored };
  return {
    version,
    vhosts,
    policies: vhosts.map((vhost) => ({ vhost, name: 'limits', pattern: '^service-', definition, priority: 2 })),
    queues: vhosts.flatMap((vhost, at) =>
      Array.from({ length: 1_000 }, (_unused, index) => ({
        vhost,
        name: `service-${at}.requests.of.customer-${index}`,
      })),
    ),
  };
};

/** Serves the embedded management API on loopback over TLS, so that a GET costs what a function's GET costs. */
const serve = async (
  seed: ClusterSeedInput,
  certificate: ReturnType<typeof loopbackCertificate>,
): Promise<{ readonly origin: string; close(): void }> => {
  const cluster = new EmbeddedRabbitCluster(seed, () => 0);
  const server = createServer(certificate, (request, response) => {
    const headers = { authorization: request.headers.authorization ?? '' };
    const asked = { method: 'GET' as const, path: request.url ?? '/', headers };
    const { status, body } = answerManagementApi(cluster, asked, () => true);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
};

const credentials = { username: 'administrator', password: 'embedded-Bench-42' };

/** Detects in clusters one after the other, each for so many rounds. */
const detectIn = async (
  clusters: readonly { readonly seed: ClusterSeedInput; readonly rounds: number; readonly once?: boolean }[],
): Promise<readonly Detection[]> => {
  const certificate = loopbackCertificate();
  const folder = await mkdtemp(join(tmpdir(), 'mq-dr-bench-'));
  try {
    const trusted = join(folder, 'certificate.pem');
    await writeFile(trusted, certificate.cert);
    const detections: Detection[] = [];
    for (const { seed, rounds, once = false } of clusters) {
      const { origin, close } = await serve(seed, certificate);
      try {
        const task = { origin, credentials, rounds, once, instanceType: 'mq.m5.large' };
        detections.push(await detectInOwnProcess(task, trusted));
      } finally {
        close();
      }
    }
    return detections;
  } finally {
    await rm(folder, { recursive: true });
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
      autoDelete: false,
      arguments: {},
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

/** Rounds of the simulation, which computes and waits for nobody. */
const simulationRounds = 20;

/**
 * Measures detection and simulation of policy drift in the simulator.
 *
 * @returns `detectRatio` detection over its bare GETs, `calls` of one detection with 1,000 virtual hosts and
 * `callsWithOneVhost`, simulation times of 5,000 queues in milliseconds with 1,000 and 5,000 policies and how they grow,
 * and the peak resident memory in MiB; `queues40000`: one detection with as many queues, in its own process
 */
export const benchPolicyDrift = async (
  rounds: number,
): Promise<Readonly<Record<string, number | Readonly<Record<string, number>>>>> => {
  const profile = profileFor(version);
  if (profile === undefined) throw new TypeError(`no profile for ${version}`);
  const [detection, alone, full] = await detectIn([
    { seed: largeCluster(), rounds },
    { seed: { version }, rounds: 1 },
    { seed: fullCluster(), rounds: 1, once: true },
  ]);
  if (detection === undefined || alone === undefined || full === undefined) throw new TypeError('a cluster is missing');
  const simulation = (count: number) => {
    const scene = { ...oneVhost(count), operatorPolicies: [] };
    return () => simulateCluster(scene, profile);
  };
  const [simulateMs1000, simulateMs5000] = await quietMs(simulationRounds, [simulation(1_000), simulation(5_000)]);
  return {
    ...detection,
    callsWithOneVhost: alone.calls,
    detectRatio: detection.detectMs / detection.bareMs,
    simulateMs1000,
    simulateMs5000,
    simulateGrowth: simulateMs5000 / simulateMs1000,
    queues40000: { seconds: full.detectMs / 1_000, peakRssMiB: full.peakRssMiB },
  };
};
