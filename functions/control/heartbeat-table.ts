import * as z from 'zod/mini';
import { type Attribute, type ControlItems, number, text, withoutUndefined } from './control-items.ts';
import { pairScope } from './control-scopes.ts';
import type { Heartbeat, HeartbeatReader } from './heartbeat.ts';

const heartbeatSchema = z.object({
  atMs: number,
  brokerId: text,
  role: z.pipe(text, z.enum(['primary', 'replica', 'none', 'unknown'])),
  state: text,
  endpoint: z.pipe(text, z.enum(['accepts', 'refuses', 'unreachable', 'none'])),
  opened: z.optional(z.pipe(text, z.enum(['nothing', 'tcp', 'tls', 'amqp']))),
  beatingSinceMs: z.optional(number),
  connections: z.optional(number),
  clockSkewMs: z.optional(number),
  backlogEvents: z.optional(number),
  backlogAtMs: z.optional(number),
});

const keyOf = (pair: string, region: string) => ({ scope: pairScope(pair), item: `HEARTBEAT#${region}` });

/** Heartbeats of the pairs' brokers, one item for each pair and Region. */
export class HeartbeatTable implements HeartbeatReader {
  readonly #items: ControlItems;

  constructor(items: ControlItems) {
    this.#items = items;
  }

  /** @throws ServiceUnavailable, AccessDenied, UnexpectedAnswer */
  async read(pair: string, region: string): Promise<Heartbeat | undefined> {
    const item = await this.#items.get(keyOf(pair, region), heartbeatSchema);
    return item && { region, ...withoutUndefined(item) };
  }

  /** The same, with the service's time when it answered. @throws as `read` */
  async readWithTime(
    pair: string,
    region: string,
  ): Promise<{ readonly heartbeat: Heartbeat | undefined; readonly serviceAtMs: number | undefined }> {
    const { item, serviceAtMs } = await this.#items.getWithTime(keyOf(pair, region), heartbeatSchema);
    return { heartbeat: item && { region, ...withoutUndefined(item) }, serviceAtMs };
  }

  /** Replaces the Region's heartbeat. @throws as `read` */
  async write(pair: string, { region, ...heartbeat }: Heartbeat): Promise<void> {
    const attributes = Object.fromEntries(
      Object.entries(heartbeat).map(([name, value]): [string, Attribute] => [
        name,
        typeof value === 'number' ? { N: String(value) } : { S: value },
      ]),
    );
    await this.#items.put(keyOf(pair, region), attributes);
  }
}
