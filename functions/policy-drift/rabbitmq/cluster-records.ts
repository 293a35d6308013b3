import * as z from 'zod/mini';
import { type ControlItems, number, text } from '../../control/control-items.ts';
import { UnexpectedAnswer } from '../../runtime/errors.ts';
import { schemaProblems } from '../../runtime/schema-problems.ts';

/** A record with the version that a later write must find. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

/** BatchGetItem takes 100 keys: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const batchSize = 100;

const itemSchema = z.object({ body: text, version: number });

/**
 * What the Control table keeps about one RabbitMQ cluster in addition to its guards: JSON records by name, each written on
 * condition of the version that was read.
 */
export class ClusterRecords {
  readonly #items: ControlItems;
  readonly #scope: string;

  /** @param scope such as `CLUSTER#events` */
  constructor(items: ControlItems, scope: string) {
    this.#items = items;
    this.#scope = scope;
  }

  /** @throws UnexpectedAnswer for a record of another shape, ServiceUnavailable, AccessDenied, NotFound */
  async read<S extends z.ZodMiniType>(name: string, schema: S): Promise<Versioned<z.output<S>> | undefined> {
    const item = await this.#items.get({ scope: this.#scope, item: name }, itemSchema);
    return item && this.#parse(name, item, schema);
  }

  /** Every record whose name begins with `prefix`, by name and in the order of their names. Errors as `read`. */
  async list<S extends z.ZodMiniType>(prefix: string, schema: S): Promise<ReadonlyMap<string, Versioned<z.output<S>>>> {
    const keys = (await this.#items.keys(this.#scope)).filter(({ item }) => item.startsWith(prefix));
    const found = new Map<string, Versioned<z.output<S>>>();
    for (let at = 0; at < keys.length; at += batchSize) {
      const batch = keys.slice(at, at + batchSize);
      const items = await this.#items.getAll(batch);
      for (const key of batch) {
        const raw = items.get(`${key.scope}/${key.item}`);
        if (raw !== undefined) {
          found.set(key.item, this.#parse(key.item, this.#items.parse(key, raw, itemSchema), schema));
        }
      }
    }
    return found;
  }

  /**
   * Writes a record that must still have the version that was read; 0 for one that must not exist.
   *
   * @throws ControlConflict when another run has written it, and as `read`
   */
  async write(name: string, value: object, readVersion: number): Promise<void> {
    await this.#items.put(
      { scope: this.#scope, item: name },
      { body: { S: JSON.stringify(value) }, version: { N: String(readVersion + 1) } },
      readVersion === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':version': { N: String(readVersion) } },
          },
    );
  }

  #parse<S extends z.ZodMiniType>(
    name: string,
    item: { readonly body: string; readonly version: number },
    schema: S,
  ): Versioned<z.output<S>> {
    const parsed = schema.safeParse(parseJson(item.body));
    if (parsed.success) return { value: parsed.data, version: item.version };
    throw new UnexpectedAnswer(
      `record ${name} of ${this.#scope} was not written by this version; was it written by a newer version?`,
      { record: name, problems: schemaProblems(parsed.error) },
    );
  }
}

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
