import { fork } from 'node:child_process';
import { once } from 'node:events';
import { simulateCluster } from '../functions/policy-drift/effective-policy.ts';
import { findDrift } from '../functions/policy-drift/find-drift.ts';
import { profileFor } from '../functions/policy-drift/version-profiles.ts';
import { RabbitManagement } from '../functions/shared/adapters/rabbit-management.ts';
import { systemClock } from '../functions/shared/clock.ts';
import { type SendHttp, sendHttp } from '../functions/shared/http-request.ts';
import type { RabbitPolicy, RabbitQueue } from '../functions/shared/rabbit-cluster.ts';

const admin = { username: 'administrator', password: 'embedded-Bench-42' };
const version = '3.13.7';
const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' };
const settings = { policies: [], undeclared: 'report' as const, exceptions: [] };

/** The middle one of several times of `body`, in milliseconds. */
const medianMs = async (rounds: number, body: () => Promise<unknown> | unknown): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    await body();
    times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
};

/** Starts the broker in a process of its own: its memory and its work are not the function's. */
const startBroker = async (): Promise<{ readonly origin: string; close(): void }> => {
  const broker = fork(new URL('./policy-drift-broker.ts', import.meta.url));
  const [origin] = (await once(broker, 'message')) as [string];
  return { origin, close: () => void broker.kill() };
};

/** Detection from the first request to the last finding, against the same requests and nothing else. */
const benchDetection = async (rounds: number) => {
  const profile = profileFor(version);
  if (profile === undefined) throw new TypeError(`no profile for ${version}`);
  const { origin, close } = await startBroker();
  const sent: Parameters<SendHttp>[] = [];
  const httpRequest: SendHttp = (...call) => {
    sent.push(call);
    return sendHttp(...call);
  };
  const management = new RabbitManagement({ clock: systemClock, httpRequest }, { origin, credentials: admin });
  try {
    const cluster = await management.readCluster();
    const calls = [...sent];
    const facts = { profile, config: settings, instanceType: 'mq.m5.large', serviceHadItsTime: true, nowMs: 0 };
    const bareMs = await medianMs(rounds, () => Promise.all(calls.map((call) => sendHttp(...call))));
    const detectMs = await medianMs(rounds, async () =>
      findDrift({ cluster: await management.readCluster(), ...facts }),
    );
    const { findings } = findDrift({ cluster, ...facts });
    return { calls: calls.length, bareMs, detectMs, detectRatio: detectMs / bareMs, findings: findings.length };
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
  const detection = await benchDetection(rounds);
  // Read before the simulations, whose scenes are larger than any cluster that one function reads.
  const peakRssMiB = process.resourceUsage().maxRSS / 1_024;
  const simulate = (count: number): Promise<number> => {
    const scene = { ...oneVhost(count), operatorPolicies: [] };
    return medianMs(rounds, () => simulateCluster(scene, profile));
  };
  const simulateMs1000 = await simulate(1_000);
  const simulateMs5000 = await simulate(5_000);
  return {
    ...detection,
    simulateMs1000,
    simulateMs5000,
    simulateGrowth: simulateMs5000 / simulateMs1000,
    peakRssMiB,
  };
};
