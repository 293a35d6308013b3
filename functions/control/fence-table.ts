import * as z from 'zod/mini';
import { type ControlItems, number, text, withoutUndefined } from './control-items.ts';
import { pairScope } from './control-scopes.ts';
import type { Fence } from './fence.ts';

const fenceSchema = z.object({
  brokerId: text,
  epoch: number,
  status: z.pipe(text, z.enum(['wanted', 'carried-out', 'undoing', 'undone'])),
  updatedAtMs: number,
  attemptedAtMs: z.optional(number),
  appliedAtMs: z.optional(number),
  replicaSeenAtMs: z.optional(number),
  reported: z.optional(z.pipe(text, z.enum(['not-configured', 'hook-failed', 'lift-failed']))),
});

/** What may change about a fence, in addition to its `updatedAtMs`. */
export type FenceChange = Partial<
  Pick<Fence, 'status' | 'attemptedAtMs' | 'appliedAtMs' | 'replicaSeenAtMs' | 'reported'>
>;

/** One item for each Region of a pair: fencing one broker must not forget that the other one is fenced. */
const keyOf = (pair: string, region: string) => ({ scope: pairScope(pair), item: `FENCE#${region}` });

/** Fences of the pairs' brokers in the Control table. */
export class FenceTable {
  readonly #items: ControlItems;

  constructor(items: ControlItems) {
    this.#items = items;
  }

  /** @throws ServiceUnavailable, AccessDenied, UnexpectedAnswer */
  async read(pair: string, region: string): Promise<Fence | undefined> {
    const item = await this.#items.get(keyOf(pair, region), fenceSchema);
    return item && { region, ...withoutUndefined(item) };
  }

  /**
   * Records that a fence is wanted, in place of the one of an earlier epoch.
   *
   * @throws ControlConflict when there is one of this epoch or a later one, and as `read`
   */
  async want(pair: string, fence: Pick<Fence, 'region' | 'brokerId' | 'epoch'>, nowMs: number): Promise<void> {
    await this.#items.put(
      keyOf(pair, fence.region),
      {
        brokerId: { S: fence.brokerId },
        epoch: { N: String(fence.epoch) },
        status: { S: 'wanted' },
        updatedAtMs: { N: String(nowMs) },
      },
      {
        ConditionExpression: 'attribute_not_exists(pk) OR #epoch < :epoch',
        ExpressionAttributeNames: { '#epoch': 'epoch' },
        ExpressionAttributeValues: { ':epoch': { N: String(fence.epoch) } },
      },
    );
  }

  /**
   * Changes a fence that still has the epoch and the status of `fence`, and gives it as it is then.
   *
   * @throws ControlConflict when somebody else moved it meanwhile, and as `read`
   */
  async change(pair: string, fence: Fence, change: FenceChange, nowMs: number): Promise<Fence> {
    const members = Object.entries({ ...change, updatedAtMs: nowMs });
    const item = await this.#items.changeAndRead(
      keyOf(pair, fence.region),
      {
        UpdateExpression: `SET ${members.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: '#epoch = :wasEpoch AND #status = :wasStatus',
        ExpressionAttributeNames: {
          '#epoch': 'epoch',
          '#status': 'status',
          ...Object.fromEntries(members.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':wasEpoch': { N: String(fence.epoch) },
          ':wasStatus': { S: fence.status },
          ...Object.fromEntries(
            members.map(([name, value]) => [
              `:${name}`,
              typeof value === 'number' ? { N: String(value) } : { S: value },
            ]),
          ),
        },
      },
      fenceSchema,
    );
    return { region: fence.region, ...withoutUndefined(item) };
  }
}
