import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { deadLetterQueue } from '../../../../../simulator/world/broker/amqp-address.ts';
import { readIncomingMessage } from '../../../../../simulator/world/broker/amqp-message.ts';
import { MessageStore, storePolicy } from '../../../../../simulator/world/broker/message-store.ts';
import type { ReplicationEvent } from '../../../../../simulator/world/broker/replication-events.ts';

const storeAt = (nowMs = { value: 0 }) => {
  const store = new MessageStore({ brokerId: 'b-1', nowMs: () => nowMs.value });
  const events: ReplicationEvent[] = [];
  store.observer = (event) => events.push(event);
  const put = (fields: object, queue = 'q') =>
    store.enqueue(
      queue,
      readIncomingMessage(rhea.message.encode({ durable: true, body: 'x', ...fields }), nowMs.value),
    );
  const ids = (queue = 'q') => store.view(queue).map(({ id }) => id);
  const take = (holder = 'c1', messageId?: string) => store.acquire('q', { holder, messageId });
  return { store, events, put, ids, take };
};

describe('MessageStore', () => {
  it('hands out messages in store order, each to one consumer', () => {
    const { put, take } = storeAt();
    for (const id of ['1', '2', '3']) put({ message_id: id });
    expect([take('a'), take('b'), take('a'), take('b')].map((taken) => taken?.message.id)).toEqual([
      'ID:1',
      'ID:2',
      'ID:3',
      undefined,
    ]);
  });

  it('hands out what was given back first, in the order in which it was given back, and keeps the order of the store', () => {
    const { store, put, take, ids } = storeAt();
    for (const id of ['1', '2', '3']) put({ message_id: id });
    const first = take();
    const second = take();
    store.release('q', second?.message.key ?? '', { deliveryFailed: false });
    store.release('q', first?.message.key ?? '', { deliveryFailed: true });
    expect(ids()).toEqual(['ID:1', 'ID:2', 'ID:3']);
    expect([take(), take()].map((taken) => [taken?.message.id, taken?.deliveryCount])).toEqual([
      ['ID:2', 0],
      ['ID:1', 1],
    ]);
    expect(take()?.message.id).toBe('ID:3');
  });

  it('counts failed deliveries without a limit of its own', () => {
    const { store, put, take, ids } = storeAt();
    put({ message_id: '1' });
    for (let delivery = 0; delivery < 20; delivery++) {
      store.release('q', take()?.message.key ?? '', { deliveryFailed: true });
    }
    expect(take()?.deliveryCount).toBe(20);
    expect([ids(), ids(deadLetterQueue)]).toEqual([['ID:1'], []]);
  });

  it('counts per queue what came, left and expired, and what consumers hold', () => {
    const now = { value: 0 };
    const { store, put, take } = storeAt(now);
    for (const id of ['1', '2', '3', '4']) put({ message_id: id });
    put({ message_id: 'short', ttl: 10 });
    const [first, second, third] = [take(), take(), take()];
    store.accept('q', first?.message.key ?? '');
    store.reject('q', second?.message.key ?? '');
    const counts = () => store.statistics().get('q');
    expect(counts()).toEqual({ size: 3, inFlight: 1, enqueued: 5, dequeued: 2, expired: 0 });
    now.value = 10;
    store.release('q', third?.message.key ?? '', { deliveryFailed: false });
    for (let taken = take(); taken !== undefined; taken = take()) store.accept('q', taken.message.key);
    expect(counts()).toEqual({ size: 0, inFlight: 0, enqueued: 5, dequeued: 5, expired: 1 });
    expect(store.statistics().get(deadLetterQueue)).toMatchObject({ size: 2, enqueued: 2, dequeued: 0 });
    store.purge(deadLetterQueue);
    expect(store.statistics().get(deadLetterQueue)).toMatchObject({ size: 0, dequeued: 2 });
    store.restart();
    expect(counts()).toEqual({ size: 0, inFlight: 0, enqueued: 0, dequeued: 0, expired: 0 });
  });

  it('dead-letters a rejected message with the same id, and drops one that is rejected there too', () => {
    const { store, put, take, ids, events } = storeAt();
    put({ message_id: '1' });
    store.reject('q', take()?.message.key ?? '');
    expect(ids(deadLetterQueue)).toEqual(['ID:1']);
    expect(events.map(({ kind, queue }) => `${kind} ${queue}`)).toEqual([
      'queue-created q',
      'send q',
      `queue-created ${deadLetterQueue}`,
      `send ${deadLetterQueue}`,
      'ack q',
    ]);
    const dead = store.acquire(deadLetterQueue, { holder: 'c1' });
    store.reject(deadLetterQueue, dead?.message.key ?? '');
    expect(ids(deadLetterQueue)).toEqual([]);
  });

  it('moves an expired message to the dead-letter queue instead of delivering it', () => {
    const now = { value: 1_000 };
    const { put, take, ids } = storeAt(now);
    put({ message_id: 'short', ttl: 500 });
    put({ message_id: 'absolute', absolute_expiry_time: 1_400 });
    put({ message_id: 'lasting' });
    now.value = 1_500;
    expect(take()?.message.id).toBe('ID:lasting');
    expect(ids(deadLetterQueue)).toEqual(['ID:short', 'ID:absolute']);
  });

  it('finds a selected message among the first page only, and leaves the others', () => {
    const { put, take, ids } = storeAt();
    for (let n = 1; n <= storePolicy.maxPageSize + 1; n++) put({ message_id: `m${n}` });
    expect(take('c1', 'ID:m7')?.message.id).toBe('ID:m7');
    expect(take('c1', 'ID:m7')).toBeUndefined();
    // m7 is held, so the page reaches one further now.
    expect(take('c1', `ID:m${storePolicy.maxPageSize + 1}`)?.message.id).toBe('ID:m201');
    expect(take('c1', 'ID:m999')).toBeUndefined();
    expect(ids()).toHaveLength(storePolicy.maxPageSize + 1);
  });

  it('keeps a group with the consumer that has its first message until that one is gone', () => {
    const { store, put, take } = storeAt();
    for (const id of ['1', '2', '3']) put({ message_id: id, group_id: 'g' });
    put({ message_id: '4' });
    expect(take('a')?.message.id).toBe('ID:1');
    expect(take('b')?.message.id).toBe('ID:4');
    expect(take('b')).toBeUndefined();
    store.forgetConsumer('q', 'a');
    expect(take('b')?.message.id).toBe('ID:2');
  });

  it('shows held messages in a browse, and no more than a page', () => {
    const { store, put, take } = storeAt();
    for (let n = 1; n <= storePolicy.maxBrowsePageSize + 5; n++) put({ message_id: `m${n}` });
    take();
    const page = store.browse('q');
    expect([page.length, page[0]?.message.id]).toEqual([storePolicy.maxBrowsePageSize, 'ID:m1']);
    expect(store.browse('q', 'ID:m3').map(({ message }) => message.id)).toEqual(['ID:m3']);
    expect(store.browse('q', `ID:m${storePolicy.maxBrowsePageSize + 1}`)).toEqual([]);
  });

  it('tells replication of durable messages only', () => {
    const { store, put, take, events } = storeAt();
    put({ message_id: 'volatile', durable: false });
    put({ message_id: 'lasting' });
    for (const taken of [take(), take()]) store.accept('q', taken?.message.key ?? '');
    store.purge('q');
    expect(events.map((event) => (event.kind === 'send' ? event.message.id : event.kind))).toEqual([
      'queue-created',
      'ID:lasting',
      'ack',
      'purge',
    ]);
  });

  it('forgets at a restart what no client asked to persist, and who held which message', () => {
    const { store, put, take, ids } = storeAt();
    put({ message_id: 'volatile', durable: false });
    put({ message_id: 'lasting' });
    put({ message_id: 'last', delivery_count: 3 });
    take();
    for (const taken of [take(), take()].reverse()) {
      store.release('q', taken?.message.key ?? '', { deliveryFailed: true });
    }
    store.restart();
    expect(ids()).toEqual(['ID:lasting', 'ID:last']);
    // What the sender had counted is in the message; what the broker counted is not.
    expect([take(), take()].map((taken) => [taken?.message.id, taken?.deliveryCount])).toEqual([
      ['ID:lasting', 0],
      ['ID:last', 3],
    ]);
  });

  it('gives a message without an id one of its own', () => {
    const { put, ids } = storeAt();
    put({});
    put({});
    expect(new Set(ids()).size).toBe(2);
    for (const id of ids()) expect(id).toMatch(/^ID:b-1-/);
  });

  it('applies what crossed once, keeps the bytes, and skips an acknowledgement for a message that it does not have', () => {
    const source = storeAt();
    const message = source.put({ message_id: '1' });
    const replica = storeAt();
    expect(source.events.map((event) => replica.store.apply(event))).toEqual(['applied', 'applied']);
    expect(replica.store.apply({ kind: 'send', queue: 'q', message })).toBe('skipped');
    expect(replica.store.apply({ kind: 'ack', queue: 'q', key: 'b-9/1' })).toBe('skipped');
    expect(replica.take()?.message.bytes).toBe(message.bytes);
    expect(replica.store.apply({ kind: 'ack', queue: 'q', key: message.key })).toBe('applied');
    expect(replica.ids()).toEqual([]);
    expect(replica.events.filter(({ kind }) => kind !== 'queue-created')).toEqual([]);
  });

  it('keeps order and counts through thousands of removals from the middle', () => {
    const { store, put, take, ids } = storeAt();
    for (let n = 0; n < 5_000; n++) put({ message_id: `m${n}` });
    const held = Array.from({ length: 4_990 }, () => take());
    for (const [index, taken] of held.entries()) {
      if (index % 10 === 0) store.release('q', taken?.message.key ?? '', { deliveryFailed: false });
      else store.accept('q', taken?.message.key ?? '');
    }
    const left = Array.from({ length: 5_000 }, (_, n) => n).filter((n) => n >= 4_990 || n % 10 === 0);
    expect(ids()).toEqual(left.map((n) => `ID:m${n}`));
    expect(take()?.message.id).toBe('ID:m0');
    expect(store.depths().get('q')).toBe(left.length);
  });
});
