import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../../functions/runtime/http-request.ts';
import type { Members } from '../../api/service.ts';
import { basicCredentials } from '../basic-credentials.ts';
import type { WebHost } from '../web-hosts.ts';
import { type EmbeddedRabbitCluster, RabbitRefusal } from './embedded-cluster.ts';

const json = (status: number, value: unknown): HttpAnswer => ({ status, body: JSON.stringify(value) });

const bodySchema = z.strictObject({
  pattern: z.string(),
  definition: z.record(z.string(), z.unknown()),
  priority: z.number().default(0),
  'apply-to': z.string().default('all'),
});

/** Keeps the members that `columns` asks for, as the management plugin does. */
const columnsOf = (rows: readonly Members[], columns: string | null): unknown => {
  if (columns === null) return rows;
  const wanted = columns.split(',');
  return rows.map((row) => Object.fromEntries(wanted.filter((name) => name in row).map((name) => [name, row[name]])));
};

/** Feature flags that every version of interest has enabled; the functions only list them. */
const featureFlags = ['classic_mirrored_queue_version', 'quorum_queue', 'stream_queue'].map((name) => ({
  name,
  state: 'enabled',
}));

const listOf = (cluster: EmbeddedRabbitCluster, resource: string, columns: string | null): unknown => {
  switch (resource) {
    case 'nodes':
      return columnsOf(cluster.nodes, columns);
    case 'vhosts':
      return columnsOf(
        cluster.vhosts.map((name) => ({ name })),
        columns,
      );
    case 'queues':
      return columnsOf(cluster.queues, columns);
    case 'policies':
      return cluster.policies;
    case 'operator-policies':
      return cluster.operatorPolicies;
    case 'vhost-limits':
      return cluster.vhostLimits;
    case 'feature-flags':
      return featureFlags;
    case 'overview':
      return { rabbitmq_version: cluster.version, management_version: cluster.version };
    default:
      return undefined;
  }
};

/** Splits a path as the broker does: first at slashes, then each part is decoded. */
const partsOf = (path: string): { readonly parts: readonly string[]; readonly columns: string | null } => {
  const [bare = '', query = ''] = path.split('?');
  const parts = bare.split('/').slice(1).map(decodeURIComponent);
  return { parts, columns: new URLSearchParams(query).get('columns') };
};

/**
 * Answers a request to RabbitMQ's management API (docs/rabbitmq.md 1). What is not modelled answers 501, so that
 * nothing is taken for the broker's own "not found".
 *
 * @param authenticate whether user name and password are those of an administrator
 */
export const answerManagementApi = (
  cluster: EmbeddedRabbitCluster,
  request: Pick<HttpRequest, 'method' | 'path' | 'headers' | 'body'>,
  authenticate: (username: string, password: string) => boolean,
): HttpAnswer => {
  const { username, password } = basicCredentials(request.headers);
  if (!authenticate(username, password)) {
    return json(401, { error: 'not_authorised', reason: 'Login failed' });
  }
  const { parts, columns } = partsOf(request.path);
  // Such a part is a step in the path, encoded or not; docs/rabbitmq.md 1.4.
  if (parts.includes('.') || parts.includes('..')) {
    return json(405, { error: 'Method Not Allowed', reason: 'Method Not Allowed' });
  }
  const [api, resource = '', vhost, name, ...more] = parts;
  if (api !== 'api' || more.length > 0) return json(501, { error: 'not_modelled', reason: request.path });
  if (request.method === 'GET' && vhost === undefined) {
    const list = listOf(cluster, resource, columns);
    return list === undefined ? json(501, { error: 'not_modelled', reason: resource }) : json(200, list);
  }
  if (resource !== 'policies' || vhost === undefined || name === undefined) {
    return json(501, { error: 'not_modelled', reason: `${request.method} ${request.path}` });
  }
  try {
    return answerPolicy(cluster, request, vhost, name);
  } catch (error) {
    if (!(error instanceof RabbitRefusal)) throw error;
    const code = error.status === 404 ? 'Object Not Found' : 'bad_request';
    return json(error.status, { error: code, reason: error.message });
  }
};

const answerPolicy = (
  cluster: EmbeddedRabbitCluster,
  { method, body }: Pick<HttpRequest, 'method' | 'body'>,
  vhost: string,
  name: string,
): HttpAnswer => {
  if (method === 'GET') {
    const policy = cluster.policy(vhost, name);
    return policy === undefined ? json(404, { error: 'Object Not Found', reason: 'Not Found' }) : json(200, policy);
  }
  if (method === 'DELETE') {
    cluster.deletePolicy(vhost, name);
    return { status: 204, body: '' };
  }
  const parsed = bodySchema.safeParse(parseJson(body ?? ''));
  if (!parsed.success) return json(400, { error: 'bad_request', reason: 'the body is not a policy' });
  return { status: cluster.putPolicy({ ...parsed.data, vhost, name }) === 'created' ? 201 : 204, body: '' };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

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
