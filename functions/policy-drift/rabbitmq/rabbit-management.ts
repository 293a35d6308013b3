import * as z from 'zod/mini';
import type { Credentials } from '../../brokers/broker-secrets.ts';
import {
  AccessDenied,
  NotFound,
  RequestRejected,
  ServiceUnavailable,
  UnexpectedAnswer,
  UntrustedEndpoint,
} from '../../runtime/errors.ts';
import { type HttpAnswer, type HttpLimits, type HttpRequest, sendHttp } from '../../runtime/http-request.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { schemaProblems } from '../../runtime/schema-problems.ts';
import { JsonRows } from './json-rows.ts';
import type { PolicyWrite, RabbitCluster, RabbitPolicy } from './rabbit-cluster.ts';
import { isPathStep } from './rabbit-name.ts';
import { policyFrom, queueReader, type Row, rowsOf } from './rabbit-rows.ts';

/** Where a management API is, and who asks; docs/rabbitmq.md 1.1. */
export interface ManagementAccess {
  /** `https://host` or `https://host:port`. */
  readonly origin: string;
  readonly credentials: Credentials;
}

/** All reads run side by side and must end within a function's 20 s, with time left to judge and to write. */
const readLimits = {
  timeoutMs: 10_000,
  /** 40,000 queues of some 900 bytes each take 36 MB; rows are read as they arrive, so none of it is held as a whole. */
  maxBodyBytes: 64 * 1_024 * 1_024,
} as const;

/** A write after reads of at most 10 s leaves half of what remains of a function's 20 s. */
const writeLimits = { timeoutMs: 5_000, maxBodyBytes: 64 * 1_024 } as const;

/** What is asked of each queue: without it the broker sends several kilobytes of statistics for each; docs/rabbitmq.md 1.3. */
const queueColumns = [
  ...['name', 'vhost', 'type', 'durable', 'exclusive', 'auto_delete', 'arguments', 'messages', 'message_bytes'],
  ...['node', 'state', 'leader'],
  ...['slave_nodes', 'synchronised_slave_nodes', 'members', 'online', 'policy', 'operator_policy'],
  'effective_policy_definition',
].join(',');

/** Rows are checked in `rabbit-rows.ts`; a body that is no JSON at all parses to undefined. */
const rows = z.unknown().check(z.refine((value) => value !== undefined, 'no JSON'));

const nodeNames = z.nullish(z.array(z.string()));

const nodeSchema = z.pipe(
  z.object({
    name: z.string(),
    running: z.boolean(),
    mem_alarm: z.nullish(z.boolean()),
    disk_free_alarm: z.nullish(z.boolean()),
    partitions: nodeNames,
  }),
  z.transform((node) => ({
    name: node.name,
    running: node.running,
    // A node that has not been sampled shows its name and whether it runs, and no alarm: docs/rabbitmq.md 1.3.
    memoryAlarm: node.mem_alarm ?? ('absent' as const),
    diskAlarm: node.disk_free_alarm ?? ('absent' as const),
    partitions: node.partitions ?? ('absent' as const),
  })),
);

/** Negative numbers mean no limit, as a missing one does; docs/rabbitmq.md 4.4. */
const limit = z.pipe(
  z.nullish(z.number()),
  z.transform((value) => (value === null || value === undefined || value < 0 ? undefined : value)),
);
const vhostLimitsSchema = z.pipe(
  z.object({
    vhost: z.string(),
    // Limits that were cleared are `[]` up to 3.13 and `{}` later: docs/rabbitmq.md 1.3.
    value: z.union([
      z.pipe(
        z.array(z.unknown()).check(z.maxLength(0)),
        z.transform(() => undefined),
      ),
      z.object({ 'max-queues': limit, 'max-connections': limit }),
    ]),
  }),
  z.transform(({ vhost, value }) => ({
    vhost,
    maxQueues: value?.['max-queues'],
    maxConnections: value?.['max-connections'],
  })),
);

const overviewSchema = z.object({ rabbitmq_version: z.string() });
const vhostSchema = z.object({ name: z.string() });
const flagSchema = z.object({ name: z.string(), state: z.string() });

/** Codes with which Node refuses a certificate: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificateCodes =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT|ERR_SSL|EPROTO|CRL_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';

/**
 * One part of a path.
 *
 * @throws RequestRejected for a name that no encoding keeps from being a step in the path
 */
const part = (name: string): string => {
  if (!isPathStep(name)) return encodeURIComponent(name);
  throw new RequestRejected(
    `the management API cannot be asked about "${name}": it reads the name as a step in the path; use rabbitmqctl`,
    { name },
  );
};

/** What the broker says about a refused request; short, and never more than its reason. */
const reasonIn = (body: string): string => {
  const parsed = z.object({ reason: z.unknown() }).safeParse(parseJson(body));
  const reason = parsed.success ? parsed.data.reason : undefined;
  return (typeof reason === 'string' ? reason : JSON.stringify(reason ?? 'no reason given')).slice(0, 300);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * RabbitMQ's management API behind the few calls that the project makes. Reads are the same handful whatever the number
 * of virtual hosts; writes are sent once.
 */
export class RabbitManagement {
  readonly #runtime: Pick<Runtime, 'clock' | 'httpRequest'>;
  readonly #access: ManagementAccess;

  constructor(runtime: Pick<Runtime, 'clock' | 'httpRequest'>, access: ManagementAccess) {
    this.#runtime = runtime;
    this.#access = access;
  }

  /**
   * Reads the cluster in eight calls, side by side.
   *
   * @throws ServiceUnavailable, AccessDenied, NotFound, RequestRejected, UntrustedEndpoint, UnexpectedAnswer
   */
  async readCluster(): Promise<RabbitCluster> {
    const readAtMs = this.#runtime.clock.nowMs();
    const [overview, nodes, vhosts, policies, operatorPolicies, vhostLimits, flags, queues] =
      await this.#runtime.clock.concurrently([
        () => this.#get('/api/overview?columns=rabbitmq_version', overviewSchema),
        () => this.#get('/api/nodes?columns=name,running,mem_alarm,disk_free_alarm,partitions', z.array(nodeSchema)),
        () => this.#get('/api/vhosts?columns=name', z.array(vhostSchema)),
        () => this.#list('/api/policies', policyFrom),
        () => this.#list('/api/operator-policies', policyFrom),
        () => this.#get('/api/vhost-limits', z.array(vhostLimitsSchema)),
        () => this.#get('/api/feature-flags', z.array(flagSchema)),
        // Last, since queues take the broker longest: meanwhile everything else is turned into rows.
        () => this.#list(`/api/queues?columns=${queueColumns}`, queueReader()),
      ] as const);
    return {
      readAtMs,
      version: overview.rabbitmq_version,
      nodes,
      vhosts: vhosts.map(({ name }) => name),
      queues,
      policies,
      operatorPolicies,
      vhostLimits,
      featureFlags: flags.flatMap(({ name, state }) => (state === 'enabled' ? [name] : [])),
    };
  }

  /** The user policy as it is now; undefined when there is none. Errors as `readCluster`. */
  async readPolicy(vhost: string, name: string): Promise<RabbitPolicy | undefined> {
    try {
      const row = await this.#get(policyPath(vhost, name), rows);
      return rowsOf([row], 'GET of a policy').map(policyFrom)[0];
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  /**
   * Writes a user policy, replacing one of that name whatever it says now.
   *
   * @throws RequestRejected, AccessDenied, NotFound, UntrustedEndpoint; ServiceUnavailable where the broker definitely did
   * not act
   */
  async putPolicy(policy: RabbitPolicy): Promise<PolicyWrite> {
    const { vhost, name, pattern, applyTo, definition: settings, priority } = policy;
    const body = JSON.stringify({ pattern, 'apply-to': applyTo, definition: settings, priority });
    return await this.#write({ method: 'PUT', path: policyPath(vhost, name), body });
  }

  /** Deletes a user policy; one that is gone already counts as deleted. Errors as `putPolicy`. */
  async deletePolicy(vhost: string, name: string): Promise<PolicyWrite> {
    try {
      return await this.#write({ method: 'DELETE', path: policyPath(vhost, name) });
    } catch (error) {
      if (error instanceof NotFound) return { outcome: 'done', answer: undefined };
      throw error;
    }
  }

  /** Rows in the project's own terms as soon as they arrive: thousands of them need not wait for the slowest call. */
  async #list<T>(path: string, from: (row: Row) => T): Promise<readonly T[]> {
    const what = `GET ${path.split('?')[0]}`;
    const found: T[] = [];
    const rowsAsTheyCome = new JsonRows(what, (row) => void found.push(from(row)));
    const consume = (chunk: Buffer): void => rowsAsTheyCome.feed(chunk);
    const answer = await this.#send({ method: 'GET', path }, { ...readLimits, consume }).catch((error: unknown) => {
      throw error instanceof UnexpectedAnswer ? error : this.#unanswered(error, what);
    });
    if (answer.status !== 200) throw this.#refused(answer, what);
    if (answer.body !== '') rowsAsTheyCome.feed(Buffer.from(answer.body));
    rowsAsTheyCome.end();
    return found;
  }

  async #get<S extends z.ZodMiniType>(path: string, schema: S): Promise<z.output<S>> {
    const what = `GET ${path.split('?')[0]}`;
    const answer = await this.#send({ method: 'GET', path }, readLimits).catch((error: unknown) => {
      throw this.#unanswered(error, what);
    });
    if (answer.status !== 200) throw this.#refused(answer, what);
    const parsed = schema.safeParse(parseJson(answer.body));
    if (parsed.success) return parsed.data;
    const problems = schemaProblems(parsed.error).slice(0, 5);
    throw new UnexpectedAnswer(
      `${what} at ${this.#access.origin} did not answer as RabbitMQ's management API does: ${problems.join('; ')}`,
      { what, problems },
    );
  }

  async #write(request: Pick<HttpRequest, 'method' | 'path' | 'body'>): Promise<PolicyWrite> {
    const what = `${request.method} ${request.path}`;
    let answer: HttpAnswer;
    try {
      answer = await this.#send(request, writeLimits);
    } catch (error) {
      const code = codeOf(error);
      const never = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code) || certificateCodes.test(code);
      if (never) throw this.#unanswered(error, what);
      return { outcome: 'unknown', reason: code };
    }
    if (answer.status >= 200 && answer.status < 300) return { outcome: 'done', answer: undefined };
    if (answer.status >= 500) return { outcome: 'unknown', reason: `status ${answer.status}` };
    throw this.#refused(answer, what);
  }

  #send(request: Pick<HttpRequest, 'method' | 'path' | 'body'>, limits: HttpLimits): Promise<HttpAnswer> {
    const { origin, credentials } = this.#access;
    const token = Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64');
    const headers = { authorization: `Basic ${token}`, accept: 'application/json', 'content-type': 'application/json' };
    const { httpRequest = sendHttp } = this.#runtime;
    return httpRequest({ ...request, origin, headers }, limits);
  }

  #unanswered(error: unknown, what: string): Error {
    const code = codeOf(error);
    const where = `${what} at ${this.#access.origin}`;
    const options = { cause: error };
    if (code === 'EMSGSIZE') {
      return new UnexpectedAnswer(`${where} answered more than ${readLimits.maxBodyBytes} bytes`, { what }, options);
    }
    if (certificateCodes.test(code)) {
      return new UntrustedEndpoint(`${where} presented an untrusted certificate (${code})`, { what, code }, options);
    }
    return new ServiceUnavailable(`${where} got no answer (${code})`, { what, code }, options);
  }

  #refused({ status, body }: HttpAnswer, what: string): Error {
    const where = `${what} at ${this.#access.origin}`;
    const details = { what, status };
    if (status === 401 || status === 403) {
      return new AccessDenied(
        `${where} was denied (${status}); check the secret and that its user is an administrator`,
        details,
      );
    }
    if (status === 404)
      return new NotFound(`${where} found nothing; was the virtual host deleted in the meantime?`, details);
    if (status === 429 || status >= 500)
      return new ServiceUnavailable(`${where} failed with status ${status}`, details);
    return new RequestRejected(`${where} was rejected (${status}: ${reasonIn(body)})`, details);
  }
}

const policyPath = (vhost: string, name: string): string => `/api/policies/${part(vhost)}/${part(name)}`;
