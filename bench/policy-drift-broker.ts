import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterSeedInput } from '../gameday/world/rabbitmq/cluster-seed.ts';
import { EmbeddedRabbitCluster } from '../gameday/world/rabbitmq/embedded-cluster.ts';
import { answerManagementApi } from '../gameday/world/rabbitmq/management-api.ts';

/* The broker of the policy-drift bench: tells its parent where it listens, and answers until it is killed. */

const mirrored = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' };

/** 1,000 virtual hosts with 5 policies and 5 queues each. */
const largeCluster = (): ClusterSeedInput => {
  const vhosts = Array.from({ length: 1_000 }, (_unused, index) => `tenant-${index}`);
  return {
    version: '3.13.7',
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

const cluster = new EmbeddedRabbitCluster(largeCluster(), () => 0);
const server = createServer((request, response) => {
  const headers = { authorization: request.headers.authorization ?? '' };
  const asked = { method: 'GET' as const, path: request.url ?? '/', headers };
  const { status, body } = answerManagementApi(cluster, asked, (username) => username === 'administrator');
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
});
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
