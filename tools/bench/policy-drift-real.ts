import { startTestCluster } from '../real/rabbitmq/start-test-cluster.ts';
import type { TestCluster } from '../real/rabbitmq/test-cluster.ts';
import { detectInOwnProcess } from './detection.ts';

const vhostCount = 200;
const policiesPerVhost = 5;
const queuesPerVhost = 2;

/** Each detection takes the broker a good part of a second. */
const rounds = 20;

/** A virtual host with its policies and queues, in two requests. */
const addVhost = async (cluster: TestCluster, vhost: string): Promise<void> => {
  const client = cluster.client();
  await client.put(`/api/vhosts/${vhost}`, {});
  await client.importDefinitions(vhost, {
    policies: Array.from({ length: policiesPerVhost }, (_unused, index) => ({
      name: `policy-${index}`,
      pattern: `^service-${index}\\.`,
      'apply-to': 'queues',
      definition: { 'max-length': 1_000 * (index + 1) },
      priority: index + 2,
    })),
    queues: Array.from({ length: queuesPerVhost }, (_unused, index) => ({
      name: `service-${index}.requests`,
      durable: true,
      auto_delete: false,
      arguments: {},
    })),
  });
};

/**
 * Measures detection on a real three-node cluster: one of its own, or the one that the environment names
 * (test/real/rabbitmq/README.md).
 *
 * @returns `detectRatio` detection over its bare GETs with 200 virtual hosts of 5 policies each, and the calls of one
 * detection then and with a single virtual host
 */
export const benchRealPolicyDrift = async (
  onProgress: (text: string) => void,
): Promise<Readonly<Record<string, number>>> => {
  onProgress('starting three nodes');
  const cluster = await startTestCluster(process.env);
  try {
    const task = { origin: cluster.origin(0), credentials: cluster.credentials, instanceType: 'mq.m5.large' };
    const alone = await detectInOwnProcess({ ...task, rounds: 1 });
    for (let index = 0; index < vhostCount; index++) {
      onProgress(`virtual host ${index + 1} of ${vhostCount}`);
      await addVhost(cluster, `tenant-${index}`);
    }
    onProgress('detecting');
    const detection = await detectInOwnProcess({ ...task, rounds });
    return {
      vhosts: vhostCount + 1,
      ...detection,
      callsWithOneVhost: alone.calls,
      detectRatio: detection.detectMs / detection.bareMs,
    };
  } finally {
    onProgress('stopping the nodes');
    await cluster.stop();
  }
};
