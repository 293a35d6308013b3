import rhea, { type Delivery, type EventContext, type Receiver, type Sender } from 'rhea';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  declareMessage,
  dischargeMessage,
  openCoordinatorLink,
  TransactionalSession,
} from '../../../../../functions/reconciliation/queue-scan/rhea-transactions.ts';
import { ActiveMqBroker } from '../../../../../simulator/world/broker/active-mq-broker.ts';
import type { ReplicationEvent } from '../../../../../simulator/world/broker/replication-events.ts';
import { AmqpTestClient, settleStreams } from '../../../../support/amqp-client.ts';

let broker: ActiveMqBroker;
let client: AmqpTestClient;
let work: TransactionalSession;
let coordinator: Sender;
let answers: string[];

beforeEach(async () => {
  broker = new ActiveMqBroker({
    brokerId: 'b-1',
    brokerName: 'orders',
    region: 'us-east-1',
    nowMs: () => 0,
    authenticate: () => true,
  });
  client = await AmqpTestClient.connect(broker);
  work = new TransactionalSession(client.connection);
  coordinator = openCoordinatorLink(work);
  answers = [];
  for (const outcome of ['accepted', 'rejected']) coordinator.on(outcome, () => answers.push(outcome));
  await settleStreams();
});

afterEach(async () => {
  await client.close();
});

const declare = async (): Promise<Buffer> => {
  coordinator.send(declareMessage(), undefined, 0);
  await settleStreams();
  const id = work.declared;
  if (id === undefined) throw new Error('the coordinator declared nothing');
  return id;
};

const discharge = async (id: Buffer, fail: boolean): Promise<void> => {
  coordinator.send(dischargeMessage(id, { fail }), undefined, 0);
  await settleStreams();
};

interface Receiving {
  readonly session: TransactionalSession;
  readonly receiver: Receiver;
  readonly deliveries: Delivery[];
}

/** A receiving link in a session of its own, which settles second. */
const receive = async (credit: number): Promise<Receiving> => {
  const session = new TransactionalSession(client.connection);
  const receiver = session.session.open_receiver({
    source: 'q',
    credit_window: 0,
    autoaccept: false,
    rcv_settle_mode: 1,
  });
  const deliveries: Delivery[] = [];
  receiver.on('message', ({ delivery }: EventContext) => delivery && deliveries.push(delivery));
  receiver.add_credit(credit);
  await settleStreams();
  return { session, receiver, deliveries };
};

const sendTo = async (address: string, id: Buffer | undefined, ...ids: readonly string[]): Promise<Delivery[]> => {
  const sender = work.session.open_sender({ target: address });
  await settleStreams();
  work.sendIn(id);
  const sent = ids.map((messageId) =>
    sender.send(rhea.message.encode({ message_id: messageId, durable: true, body: 'x' }) as never, undefined, 0),
  );
  await settleStreams();
  work.sendIn(undefined);
  return sent;
};

const idsOn = (queue: string): string[] => broker.messages(queue).map(({ id }) => id);

describe('a transaction', () => {
  it('makes copies appear and originals go when it is committed, all at once', async () => {
    await client.sendNumbered('q', 'm', 3);
    const seen: string[] = [];
    broker.store.observer = (event: ReplicationEvent) => seen.push(`${event.kind} ${event.queue}`);
    const held = await receive(3);
    const id = await declare();
    await sendTo('quarantine', id, 'm1', 'm3');
    held.session.acceptIn(
      id,
      held.deliveries.filter((_delivery, index) => index !== 1),
    );
    await settleStreams();
    expect([idsOn('q').length, idsOn('quarantine')]).toEqual([3, []]);
    await discharge(id, false);
    expect([idsOn('q'), idsOn('quarantine')]).toEqual([['ID:m2'], ['ID:m1', 'ID:m3']]);
    expect(answers).toEqual(['accepted', 'accepted']);
    expect(seen).toEqual(['queue-created quarantine', 'send quarantine', 'send quarantine', 'ack q', 'ack q']);
    held.receiver.close();
    await settleStreams();
    expect(broker.messages('q')).toEqual([{ id: 'ID:m2', deliveryCount: 0, acquired: false }]);
  });

  it('leaves no copy and every original with its link when it is rolled back', async () => {
    await client.sendNumbered('q', 'm', 2);
    const held = await receive(2);
    const id = await declare();
    await sendTo('quarantine', id, 'm1');
    held.session.acceptIn(id, held.deliveries.slice(0, 1));
    await settleStreams();
    await discharge(id, true);
    expect([idsOn('q'), idsOn('quarantine')]).toEqual([['ID:m1', 'ID:m2'], []]);
    expect(broker.messages('q').every(({ acquired }) => acquired)).toBe(true);
    // What was accepted in it is sent again.
    held.receiver.add_credit(1);
    await settleStreams();
    const next = await declare();
    held.session.acceptIn(next, held.deliveries.slice(2));
    await settleStreams();
    await discharge(next, false);
    expect(idsOn('q')).toEqual(['ID:m2']);
  });

  it('is as if it had never been when its connection ends', async () => {
    await client.sendNumbered('q', 'm', 1);
    const held = await receive(1);
    const id = await declare();
    await sendTo('quarantine', id, 'm1');
    held.session.acceptIn(id, held.deliveries.slice(0, 1));
    await settleStreams();
    client.connection.close();
    await settleStreams();
    expect(idsOn('quarantine')).toEqual([]);
    expect(broker.messages('q')).toEqual([{ id: 'ID:m1', deliveryCount: 1, acquired: false }]);
  });

  it('has nothing to do with what is sent and accepted outside of it', async () => {
    await client.sendNumbered('q', 'm', 2);
    const held = await receive(2);
    const id = await declare();
    await sendTo('quarantine', undefined, 'outside');
    held.deliveries[0]?.accept();
    await settleStreams();
    expect([idsOn('q'), idsOn('quarantine')]).toEqual([['ID:m2'], ['ID:outside']]);
    await discharge(id, true);
    expect([idsOn('q'), idsOn('quarantine')]).toEqual([['ID:m2'], ['ID:outside']]);
  });

  it('gives a message back that was accepted on a link which is detached before the commit', async () => {
    await client.sendNumbered('q', 'm', 1);
    const held = await receive(1);
    const id = await declare();
    held.session.acceptIn(id, held.deliveries.slice(0, 1));
    await settleStreams();
    held.receiver.close();
    await settleStreams();
    await discharge(id, false);
    expect(broker.messages('q')).toEqual([{ id: 'ID:m1', deliveryCount: 0, acquired: false }]);
  });

  it('is refused when nobody declared it', async () => {
    const unknown = Buffer.alloc(8, 0xff);
    await discharge(unknown, false);
    const [sent] = await sendTo('quarantine', unknown, 'm1');
    expect(answers).toEqual(['rejected']);
    expect(sent?.remote_settled).toBe(true);
    expect(idsOn('quarantine')).toEqual([]);
    coordinator.send(rhea.message.encode({ body: 'neither declare nor discharge' }) as never, undefined, 0);
    await settleStreams();
    expect(answers).toEqual(['rejected', 'rejected']);
  });
});
