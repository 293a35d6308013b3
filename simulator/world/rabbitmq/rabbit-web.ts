import type { WebHost } from '../web-hosts.ts';
import type { EmbeddedRabbitCluster } from './embedded-cluster.ts';
import { answerManagementApi } from './management-api.ts';

/** The management API of a cluster as a web server. */
export const rabbitWeb = (
  region: string,
  cluster: EmbeddedRabbitCluster,
  authenticate: (username: string, password: string) => boolean,
): WebHost => ({
  region,
  service: 'rabbitmq',
  resourceOf: (path) => path.split('/').slice(0, 3).join('/'),
  answer: (request) => answerManagementApi(cluster, request, authenticate),
  failureBody: (error, reason) => JSON.stringify({ error, reason }),
  truncatedBody: '{"truncated',
});
