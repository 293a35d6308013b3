import { XMLParser, XMLValidator } from 'fast-xml-parser';
import * as z from 'zod/mini';
import type { Credentials } from '../../brokers/broker-secrets.ts';
import { AccessDenied, ServiceUnavailable, UnexpectedAnswer, UntrustedEndpoint } from '../../runtime/errors.ts';
import { type HttpAnswer, sendHttp } from '../../runtime/http-request.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { schemaProblems } from '../../runtime/schema-problems.ts';
import type { DestinationCounts, OddQueue, QueueCounts } from '../queue-counts.ts';
import { isRefused, translateHttpFailure } from './http-failure.ts';

/** Where an ActiveMQ broker's web console is, and who asks; docs/amazon-mq.md 14. */
export interface ConsoleAccess {
  /** Consoles of the active and the standby instance: only one listens. */
  readonly urls: readonly string[];
  readonly credentials: Credentials;
}

/** A page of 10,000 queues of some 300 bytes each takes 3 MB; a page must come well within the shortest function's 20 s. */
const limits = { timeoutMs: 8_000, maxBodyBytes: 16 * 1_024 * 1_024 } as const;

/** The pages escape quotes by number (`&#039;`); names are taken as they stand. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === 'queue' || name === 'subscriber',
});

const count = z.coerce.number().check(z.int(), z.gte(0));

/** Counters are judged queue by queue: one that is impossible says nothing about the others. */
const queuesSchema = z.object({
  queues: z.union([
    z.object({
      queue: z._default(
        z.array(z.object({ name: z.string(), stats: z.optional(z.record(z.string(), z.unknown())) })),
        [],
      ),
    }),
    z.pipe(
      z.string(),
      z.transform(() => ({ queue: [] })),
    ),
  ]),
});

const counterNames = { size: 'size', enqueued: 'enqueueCount', dequeued: 'dequeueCount', consumers: 'consumerCount' };

const countersSchema = z.object({ size: count, enqueueCount: count, dequeueCount: count, consumerCount: count });

/** A queue's counters, or what is wrong with them. */
const countersOf = (queue: string, stats: Readonly<Record<string, unknown>> = {}): QueueCounts | OddQueue => {
  const parsed = countersSchema.safeParse(stats);
  if (parsed.success) {
    const { size, enqueueCount, dequeueCount, consumerCount } = parsed.data;
    return { size, enqueued: enqueueCount, dequeued: dequeueCount, consumers: consumerCount };
  }
  const wrong = Object.values(counterNames).filter((name) => !count.safeParse(stats[name]).success);
  return { queue, problem: wrong.map((name) => `${name} is ${JSON.stringify(stats[name]) ?? 'missing'}`).join(', ') };
};

const subscribersSchema = z.object({
  subscribers: z.union([
    z.object({
      subscriber: z._default(
        z.array(
          z.object({
            clientId: z.string(),
            subscriptionName: z.string(),
            destinationName: z.string(),
            stats: z.object({ pendingQueueSize: count }),
          }),
        ),
        [],
      ),
    }),
    z.pipe(
      z.string(),
      z.transform(() => ({ subscriber: [] })),
    ),
  ]),
});

/** The XML pages of an ActiveMQ broker's web console. */
export class BrokerConsole {
  readonly #runtime: Pick<Runtime, 'httpRequest'>;
  readonly #access: ConsoleAccess;

  constructor(runtime: Pick<Runtime, 'httpRequest'>, access: ConsoleAccess) {
    this.#runtime = runtime;
    this.#access = access;
  }

  /**
   * Every queue and durable subscription. A promoted broker answers the page of subscriptions with 500 until each
   * replicated one has attached (docs/amazon-mq.md 14.17): what the queues hold is known all the same.
   *
   * @throws ServiceUnavailable, AccessDenied, UntrustedEndpoint, UnexpectedAnswer where the queues cannot be read
   */
  async readDestinations(): Promise<DestinationCounts> {
    const { queues } = await this.#page('/admin/xml/queues.jsp', queuesSchema);
    const counted = queues.queue.map(({ name, stats }) => ({ name, counts: countersOf(name, stats) }));
    return {
      queues: new Map(counted.flatMap(({ name, counts }) => ('problem' in counts ? [] : [[name, counts] as const]))),
      oddQueues: counted.flatMap(({ counts }) => ('problem' in counts ? [counts] : [])),
      ...(await this.#readSubscriptions()),
    };
  }

  async #readSubscriptions(): Promise<Pick<DestinationCounts, 'durableSubscriptions' | 'subscriptionsProblem'>> {
    try {
      const { subscribers } = await this.#page('/admin/xml/subscribers.jsp', subscribersSchema);
      return {
        durableSubscriptions: subscribers.subscriber.map(({ clientId, subscriptionName, destinationName, stats }) => ({
          clientId,
          name: subscriptionName,
          topic: destinationName,
          pending: stats.pendingQueueSize,
        })),
      };
    } catch (error) {
      // An untrusted endpoint is no oddity of a page.
      if (error instanceof UntrustedEndpoint) throw error;
      return {
        durableSubscriptions: undefined,
        subscriptionsProblem: error instanceof Error ? error.message : String(error),
      };
    }
  }

  async #page<S extends z.ZodMiniType>(path: string, schema: S): Promise<z.output<S>> {
    const { answer, where } = await this.#get(path);
    if (answer.status === 401 || answer.status === 403) {
      throw new AccessDenied(
        `${where} was denied (${answer.status}); check the secret, and that its user has console access`,
        { where, status: answer.status },
      );
    }
    if (answer.status !== 200) {
      const message = `${where} failed with status ${answer.status}`;
      const details = { where, status: answer.status };
      if (answer.status >= 500) throw new ServiceUnavailable(message, details);
      // A redirect or a missing page stays as it is, however often it is asked for.
      throw new UnexpectedAnswer(message, details);
    }
    const page = answer.body.trim();
    // The parser alone takes a page that ends too early for a shorter list.
    if (XMLValidator.validate(page) !== true) {
      throw new UnexpectedAnswer(`${where} did not answer with XML`, { where });
    }
    const parsed = schema.safeParse(parser.parse(page));
    if (parsed.success) return parsed.data;
    const problems = schemaProblems(parsed.error).slice(0, 5);
    throw new UnexpectedAnswer(`${where} did not answer with the console's page: ${problems.join('; ')}`, {
      where,
      problems,
    });
  }

  async #get(path: string): Promise<{ readonly answer: HttpAnswer; readonly where: string }> {
    const { urls, credentials } = this.#access;
    const token = Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64');
    const headers = { authorization: `Basic ${token}`, accept: 'application/xml' };
    let failure: Error = new ServiceUnavailable('the broker names no web console', { path });
    for (const url of urls) {
      const { origin } = new URL(url);
      const where = `GET ${path} at ${origin}`;
      try {
        const { httpRequest = sendHttp } = this.#runtime;
        return { answer: await httpRequest({ method: 'GET', origin, path, headers }, limits), where };
      } catch (error) {
        // What the active instance said counts, not the standby's refusal.
        if (!isRefused(error) || failure.message.startsWith('the broker')) failure = translateHttpFailure(error, where);
      }
    }
    throw failure;
  }
}
