import * as z from 'zod/mini';
import { ControlConflict } from '../runtime/errors.ts';
import type { ConsumerHold } from './consumer-hold.ts';
import { type ControlItems, number, text, withoutUndefined } from './control-items.ts';
import { pairScope } from './control-scopes.ts';

const holdSchema = z.object({
  executionArn: text,
  heldAtMs: number,
  servingSinceMs: z.optional(number),
  reported: z.optional(z.pipe(text, z.enum(['releasing', 'overdue']))),
  /** When they were released; the item stays, for whoever asks what happened. */
  releasedAtMs: z.optional(number),
});

/** One thing that is noted about a hold. */
export type HoldNote =
  | { readonly servingSinceMs: number }
  | { readonly reported: 'releasing' | 'overdue' }
  | { readonly releasedAtMs: number };

const keyOf = (pair: string, region: string) => ({ scope: pairScope(pair), item: `HOLD#${region}` });

/** Which consumers are held, one item for each pair and Region. */
export class HoldTable {
  readonly #items: ControlItems;

  constructor(items: ControlItems) {
    this.#items = items;
  }

  /** The hold of a Region's consumers; undefined when they are not held. @throws ServiceUnavailable, AccessDenied */
  async read(pair: string, region: string): Promise<ConsumerHold | undefined> {
    const item = await this.#items.get(keyOf(pair, region), holdSchema);
    if (item === undefined || item.releasedAtMs !== undefined) return undefined;
    const { releasedAtMs: _released, ...hold } = item;
    return { region, ...withoutUndefined(hold) };
  }

  /** Records that a run holds them, in place of what was there. @throws as `read` */
  async hold(pair: string, { region, executionArn, heldAtMs }: ConsumerHold): Promise<void> {
    await this.#items.put(keyOf(pair, region), {
      executionArn: { S: executionArn },
      heldAtMs: { N: String(heldAtMs) },
    });
  }

  /** Notes something about a hold that is still of the same run. @throws ControlConflict when it is not, and as `read` */
  async note(pair: string, { region, executionArn, heldAtMs }: ConsumerHold, change: HoldNote): Promise<void> {
    const [[name, value] = ['', '']] = Object.entries(change);
    await this.#items.change(keyOf(pair, region), {
      UpdateExpression: 'SET #name = :value',
      ConditionExpression: 'executionArn = :arn AND heldAtMs = :held',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: {
        ':value': typeof value === 'number' ? { N: String(value) } : { S: value },
        ':arn': { S: executionArn },
        ':held': { N: String(heldAtMs) },
      },
    });
  }

  /** Records that they are released; a hold of a later run stays. @throws ServiceUnavailable, AccessDenied */
  async release(pair: string, hold: ConsumerHold, nowMs: number): Promise<void> {
    await this.note(pair, hold, { releasedAtMs: nowMs }).catch((error: unknown) => {
      if (!(error instanceof ControlConflict)) throw error;
    });
  }
}
