import * as z from 'zod/mini';
import { ControlConflict, DrError, LockLost } from '../runtime/errors.ts';
import { type AutomationStop, automationStopKinds } from './automation-stop.ts';
import { type ControlItems, number, text, withoutUndefined } from './control-items.ts';
import { globalScope } from './control-scopes.ts';
import { clockSkewSeconds, type Epoch, type Freeze, type GuardReading, type Lock, leaseSeconds } from './guards.ts';
import { intentSchema } from './intent-item.ts';

const lockSchema = z.object({ owner: text, fence: number, expiresAtMs: number, purpose: text });

const freezeSchema = z.object({ reason: text, by: text, atMs: number });

const epochSchema = z.object({
  number,
  mode: z.pipe(text, z.enum(['SWITCHOVER', 'FAILOVER'])),
  primaryBrokerId: text,
  primaryRegion: text,
  promotedAtMs: number,
  executionArn: text,
  acknowledgedAtMs: z.optional(number),
});

const stopSchema = z.object({
  kind: z.pipe(text, z.enum(automationStopKinds)),
  reason: text,
  by: text,
  atMs: number,
  /** When a person's act lifted it; the item stays, for whoever asks what happened. */
  liftedAtMs: z.optional(number),
});

const standing = (stop: z.output<typeof stopSchema> | undefined): AutomationStop | undefined => {
  if (stop === undefined || stop.liftedAtMs !== undefined) return undefined;
  const { kind, reason, by, atMs } = stop;
  return { kind, reason, by, atMs };
};

/** An owner that nobody is: a released lock keeps its item, since its fencing token must never fall. */
const nobody = 'nobody';

/** The outcome of asking for a lock. */
export type LockResult =
  | { readonly acquired: true; readonly lock: Lock }
  | { readonly acquired: false; readonly lock: Lock };

/** Locks, freezes and epochs in the Control table, for one scope: `PAIR#orders`, `CLUSTER#events`. */
export class GuardTable {
  readonly #items: ControlItems;
  readonly #scope: string;

  constructor(items: ControlItems, scope: string) {
    this.#items = items;
    this.#scope = scope;
  }

  /** Every guard of the scope in one consistent read; a table that cannot be read is part of the answer. */
  async read(): Promise<GuardReading> {
    const keyOf = (scope: string, item: string) => ({ scope, item });
    try {
      const lockKey = keyOf(this.#scope, 'LOCK');
      const freezeKey = keyOf(this.#scope, 'FREEZE');
      const globalKey = keyOf(globalScope, 'FREEZE');
      const epochKey = keyOf(this.#scope, 'EPOCH');
      const stopKey = keyOf(this.#scope, 'STOP');
      const promotionKey = keyOf(this.#scope, 'INTENT#Promote');
      const keys = [lockKey, freezeKey, globalKey, epochKey, stopKey, promotionKey];
      const items = await this.#items.getAll(keys);
      const parse = <S extends z.ZodMiniType>(
        key: { scope: string; item: string },
        schema: S,
      ): z.output<S> | undefined => {
        const item = items.get(`${key.scope}/${key.item}`);
        return item === undefined ? undefined : this.#items.parse(key, item, schema);
      };
      const lock = parse(lockKey, lockSchema);
      const epoch = parse(epochKey, epochSchema);
      const promotion = parse(promotionKey, intentSchema);
      return withoutUndefined({
        known: true as const,
        lock: lock?.owner === nobody ? undefined : lock,
        freeze: parse(freezeKey, freezeSchema),
        globalFreeze: parse(globalKey, freezeSchema),
        epoch: epoch && withoutUndefined(epoch),
        stop: standing(parse(stopKey, stopSchema)),
        promotion: promotion && withoutUndefined(promotion),
      });
    } catch (error) {
      if (error instanceof DrError && error.kind === 'transient') return { known: false, reason: error.message };
      throw error;
    }
  }

  /**
   * Takes the lock if it is free, expired, the run's own already (then it keeps its fencing token), or held for one of the
   * purposes that this run takes over, or left over by a run that has ended.
   *
   * @throws ServiceUnavailable when the table cannot be reached, AccessDenied
   */
  async acquire(
    owner: string,
    purpose: string,
    nowMs: number,
    preempts: readonly string[] = [],
    leftOver?: Pick<Lock, 'owner' | 'fence'>,
  ): Promise<LockResult> {
    const key = { scope: this.#scope, item: 'LOCK' };
    const held = await this.#items.get(key, lockSchema);
    if (held?.owner === owner) return { acquired: true, lock: await this.renew(owner, held.fence, nowMs) };
    try {
      const lock = await this.#items.changeAndRead(
        key,
        {
          UpdateExpression: 'SET #owner = :owner, purpose = :purpose, expiresAtMs = :expires ADD fence :one',
          ConditionExpression: [
            'attribute_not_exists(pk)',
            '#owner = :nobody',
            'expiresAtMs <= :expired',
            ...preempts.map((_purpose, index) => `purpose = :preempted${index}`),
            // The owner and its token: a redrive that took the lock again is not the run that was asked about.
            ...(leftOver === undefined ? [] : ['(#owner = :ended AND fence = :endedFence)']),
          ].join(' OR '),
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':owner': { S: owner },
            ':nobody': { S: nobody },
            ':purpose': { S: purpose },
            ':expires': { N: String(nowMs + leaseSeconds * 1_000) },
            ':expired': { N: String(nowMs - clockSkewSeconds * 1_000) },
            ':one': { N: '1' },
            ...(leftOver !== undefined && {
              ':ended': { S: leftOver.owner },
              ':endedFence': { N: String(leftOver.fence) },
            }),
            ...Object.fromEntries(preempts.map((preempted, index) => [`:preempted${index}`, { S: preempted }])),
          },
        },
        lockSchema,
      );
      return { acquired: true, lock };
    } catch (error) {
      if (!(error instanceof ControlConflict)) throw error;
      const lock = await this.#items.get(key, lockSchema);
      if (lock === undefined) throw error;
      // A first attempt whose answer was lost may have taken it.
      return { acquired: lock.owner === owner, lock };
    }
  }

  /** Extends the run's own lock by a lease. @throws LockLost when somebody else has it, or nobody */
  async renew(owner: string, token: number, nowMs: number): Promise<Lock> {
    return await this.#ofOwner(owner, token, {
      UpdateExpression: 'SET expiresAtMs = :expires',
      ExpressionAttributeValues: { ':expires': { N: String(nowMs + leaseSeconds * 1_000) } },
    });
  }

  /** Gives the lock back; a lock that the owner does not hold any more is left alone. */
  async release(owner: string): Promise<void> {
    await this.#items
      .change(
        { scope: this.#scope, item: 'LOCK' },
        {
          UpdateExpression: 'SET #owner = :nobody',
          ConditionExpression: '#owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': { S: owner }, ':nobody': { S: nobody } },
        },
      )
      .catch((error: unknown) => {
        if (!(error instanceof ControlConflict)) throw error;
      });
  }

  /** Stops all writes of the scope until `unfreeze`. */
  async freeze(freeze: Freeze): Promise<void> {
    await this.#items.put(
      { scope: this.#scope, item: 'FREEZE' },
      { reason: { S: freeze.reason }, by: { S: freeze.by }, atMs: { N: String(freeze.atMs) } },
    );
  }

  /**
   * Allows writes again: ends the freeze that the caller has seen, and keeps who did so and why.
   *
   * @throws ControlConflict when another freeze, or none, stands there by now
   */
  async unfreeze(seen: Freeze, thaw: Freeze): Promise<void> {
    await this.#items.put(
      { scope: this.#scope, item: 'THAW' },
      { reason: { S: thaw.reason }, by: { S: thaw.by }, atMs: { N: String(thaw.atMs) } },
    );
    await this.#items.remove(
      { scope: this.#scope, item: 'FREEZE' },
      {
        ConditionExpression: 'atMs = :seen AND #by = :by',
        ExpressionAttributeNames: { '#by': 'by' },
        ExpressionAttributeValues: { ':seen': { N: String(seen.atMs) }, ':by': { S: seen.by } },
      },
    );
  }

  /** The freeze of this scope alone. @throws ServiceUnavailable, AccessDenied, NotFound */
  async readFreeze(): Promise<Freeze | undefined> {
    return await this.#items.get({ scope: this.#scope, item: 'FREEZE' }, freezeSchema);
  }

  /** Stops automatic runs of the scope until `resume`; what was recorded before is replaced. */
  async stopAutomation({ kind, reason, by, atMs }: AutomationStop): Promise<void> {
    await this.#items.put(
      { scope: this.#scope, item: 'STOP' },
      { kind: { S: kind }, reason: { S: reason }, by: { S: by }, atMs: { N: String(atMs) } },
    );
  }

  /** Why automatic runs are stopped; undefined when they are not. @throws ServiceUnavailable, AccessDenied */
  async readStop(): Promise<AutomationStop | undefined> {
    return standing(await this.#items.get({ scope: this.#scope, item: 'STOP' }, stopSchema));
  }

  /**
   * Allows automatic runs again: lifts the stop that the caller has seen, and keeps who did so and why.
   *
   * @throws ControlConflict when another stop, or none, stands there by now
   */
  async resume(seen: AutomationStop, resumed: Freeze): Promise<void> {
    await this.#items.change(
      { scope: this.#scope, item: 'STOP' },
      {
        UpdateExpression: 'SET liftedAtMs = :now, liftedBy = :by, liftedFor = :reason',
        ConditionExpression: 'atMs = :seen AND #kind = :kind AND attribute_not_exists(liftedAtMs)',
        ExpressionAttributeNames: { '#kind': 'kind' },
        ExpressionAttributeValues: {
          ':now': { N: String(resumed.atMs) },
          ':by': { S: resumed.by },
          ':reason': { S: resumed.reason },
          ':seen': { N: String(seen.atMs) },
          ':kind': { S: seen.kind },
        },
      },
    );
  }

  async readEpoch(): Promise<Epoch | undefined> {
    const epoch = await this.#items.get({ scope: this.#scope, item: 'EPOCH' }, epochSchema);
    return epoch && withoutUndefined(epoch);
  }

  /** Records the promotion that follows on the newest recorded one. @throws ControlConflict when another one did */
  async recordEpoch(epoch: Epoch): Promise<void> {
    await this.#items.put(
      { scope: this.#scope, item: 'EPOCH' },
      {
        number: { N: String(epoch.number) },
        mode: { S: epoch.mode },
        primaryBrokerId: { S: epoch.primaryBrokerId },
        primaryRegion: { S: epoch.primaryRegion },
        promotedAtMs: { N: String(epoch.promotedAtMs) },
        executionArn: { S: epoch.executionArn },
      },
      {
        ConditionExpression: 'attribute_not_exists(pk) OR #number = :previous',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: { ':previous': { N: String(epoch.number - 1) } },
      },
    );
  }

  /** Notes that a person knows about the newest promotion. @throws ControlConflict when there is none */
  async acknowledge(epochNumber: number, nowMs: number): Promise<void> {
    await this.#items.change(
      { scope: this.#scope, item: 'EPOCH' },
      {
        UpdateExpression: 'SET acknowledgedAtMs = :now',
        ConditionExpression: '#number = :number',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: { ':number': { N: String(epochNumber) }, ':now': { N: String(nowMs) } },
      },
    );
  }

  async #ofOwner(
    owner: string,
    token: number,
    change: { readonly UpdateExpression: string; readonly ExpressionAttributeValues: Record<string, { N: string }> },
  ): Promise<Lock> {
    try {
      return await this.#items.changeAndRead(
        { scope: this.#scope, item: 'LOCK' },
        {
          UpdateExpression: change.UpdateExpression,
          ConditionExpression: '#owner = :owner AND fence = :fence',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: {
            ...change.ExpressionAttributeValues,
            ':owner': { S: owner },
            ':fence': { N: String(token) },
          },
        },
        lockSchema,
      );
    } catch (error) {
      if (!(error instanceof ControlConflict)) throw error;
      throw new LockLost(
        `the lock of ${this.#scope} is no longer held with fencing token ${token}`,
        { owner, token },
        { cause: error },
      );
    }
  }
}
