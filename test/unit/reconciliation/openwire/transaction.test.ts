import { describe, expect, it } from 'vitest';
import type { OpenWireError } from '../../../../functions/reconciliation/openwire/openwire-errors.ts';
import { structureTypes as types } from '../../../../functions/reconciliation/openwire/structure-types.ts';
import { WireMessage } from '../../../../functions/reconciliation/openwire/wire-message.ts';
import {
  connectionError,
  connectTo,
  dispatch,
  FakeBroker,
  ManualTimeouts,
  type Reaction,
  response,
  type SentCommand,
  settled,
} from './fake-broker.ts';
import { recordedMessages } from './recorded-messages.ts';

const answerTimeoutMs = 30_000;

const [recorded] = recordedMessages;
const original = new WireMessage(recorded?.bytes ?? Buffer.alloc(0));

const isCopy = ({ type }: SentCommand): boolean => type >= types.plainMessage && type <= types.blobMessage;

/** Step of a transaction: its last byte. */
const isStep =
  (step: number) =>
  ({ type, frame }: SentCommand): boolean =>
    type === types.transactionInfo && frame.at(-1) === step;
const isBegin = isStep(0);
const isCommit = isStep(2);
const isRollback = isStep(4);

const errorOf = async (promise: Promise<unknown>): Promise<OpenWireError> =>
  (await promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  )) as OpenWireError;

const opened = async (react?: (command: SentCommand) => Reaction, maxFrameBytes = 1_000_000) => {
  const timeouts = new ManualTimeouts();
  const broker = new FakeBroker(react);
  const connection = await connectTo(broker, { startTimeout: timeouts.start, maxFrameBytes });
  const consumer = await connection.consume({ queue: 'q', prefetch: 10 });
  broker.send(dispatch(1, original.bytes));
  await settled();
  return { timeouts, broker, connection, consumer, deliveries: consumer.take() };
};

const count = (broker: FakeBroker, which: (command: SentCommand) => boolean): number =>
  broker.commands.filter(which).length;

describe('a transaction', () => {
  it('begins, copies, acknowledges and commits, in that order', async () => {
    const { broker, connection, consumer, deliveries } = await opened();
    const transaction = await connection.begin();
    transaction.copy(original, 'quarantine', 'kept');
    consumer.acknowledge(deliveries, transaction);
    await transaction.commit();
    const steps = broker.commands.filter(
      (command) => isBegin(command) || isCopy(command) || isCommit(command) || command.type === types.messageAck,
    );
    expect(steps.map(({ type }) => type)).toEqual([
      types.transactionInfo,
      types.textMessage,
      types.messageAck,
      types.transactionInfo,
    ]);
    expect(consumer.heldCount).toBe(0);
    const copy = new WireMessage(steps[1]?.frame ?? Buffer.alloc(0));
    expect(copy.messageId).toBe(original.messageId);
  });

  it('numbers copies of a new identity, each once, over all transactions', async () => {
    const { broker, connection } = await opened();
    for (let turn = 0; turn < 2; turn++) {
      const transaction = await connection.begin();
      for (let index = 0; index < 3; index++) transaction.copy(original, 'o', 'fresh');
      await transaction.commit();
    }
    const ids = broker.commands.filter(isCopy).map(({ frame }) => new WireMessage(frame).id);
    expect(ids.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    expect(new Set(ids.map(({ producer }) => producer.connectionId))).toEqual(new Set(['ID:unit']));
    expect(new Set(ids.map(({ textView }) => textView))).toEqual(new Set([original.messageId]));
  });

  it('does not commit when a copy was refused: it is rolled back, and everything is held again', async () => {
    let copies = 0;
    const { broker, connection, consumer, deliveries } = await opened((command) => {
      if (!isCopy(command)) return 'answer';
      copies += 1;
      return copies === 2 ? { exception: 'javax.jms.ResourceAllocationException', sentence: 'full' } : 'answer';
    });
    const transaction = await connection.begin();
    for (let index = 0; index < 3; index++) transaction.copy(original, 'o', 'kept');
    consumer.acknowledge(deliveries, transaction);
    const error = await errorOf(transaction.commit());
    expect(error).toMatchObject({ name: 'TransactionRolledBack', cause: { name: 'BrokerRefused' } });
    expect([count(broker, isCommit), count(broker, isRollback)]).toEqual([0, 1]);
    expect(consumer.heldCount).toBe(1);
    expect(connection.error).toBeUndefined();
  });

  it('does not commit when a copy is not confirmed in time: nothing took place', async () => {
    const { broker, connection, timeouts } = await opened((command) => (isCopy(command) ? 'silence' : 'answer'));
    const transaction = await connection.begin();
    transaction.copy(original, 'full', 'kept');
    const committing = errorOf(transaction.commit());
    await settled();
    timeouts.pass(answerTimeoutMs);
    expect(await committing).toMatchObject({ name: 'TransactionRolledBack', cause: { name: 'NoAnswer' } });
    expect(count(broker, isCommit)).toBe(0);
    expect(broker.client.destroyed).toBe(true);
  });

  it('waits for the copies that came after others were confirmed', async () => {
    const silent: SentCommand[] = [];
    let copies = 0;
    const { broker, connection, timeouts } = await opened((command) => {
      if (!isCopy(command)) return 'answer';
      copies += 1;
      if (copies === 1) return 'answer';
      silent.push(command);
      return 'silence';
    });
    const transaction = await connection.begin();
    transaction.copy(original, 'o', 'kept');
    await settled();
    transaction.copy(original, 'o', 'kept');
    const committing = errorOf(transaction.commit());
    await settled();
    expect(count(broker, isCommit)).toBe(0);
    expect(silent.length).toBe(1);
    timeouts.pass(answerTimeoutMs);
    expect((await committing).name).toBe('TransactionRolledBack');
  });

  it('does not commit after the broker reported an error', async () => {
    const { broker, connection, consumer, deliveries } = await opened();
    const transaction = await connection.begin();
    consumer.acknowledge(deliveries, transaction);
    broker.send(connectionError({ exception: 'java.io.IOException', sentence: 'disk' }));
    await settled();
    const error = await errorOf(transaction.commit());
    expect(error).toMatchObject({ name: 'TransactionRolledBack', cause: { name: 'BrokerReportedError' } });
    expect(count(broker, isCommit)).toBe(0);
  });

  it('that the broker rolls back at its commit took no place', async () => {
    const { broker, connection, consumer, deliveries } = await opened((command) =>
      isCommit(command) ? { exception: 'javax.jms.TransactionRolledBackException', sentence: 'marked' } : 'answer',
    );
    const transaction = await connection.begin();
    consumer.acknowledge(deliveries, transaction);
    expect((await errorOf(transaction.commit())).name).toBe('TransactionRolledBack');
    expect(consumer.heldCount).toBe(1);
    expect(broker.client.destroyed).toBe(false);
  });

  it.each([
    ['is not answered in time', 'silence', 'NoAnswer'],
    ['fails otherwise', { exception: 'java.io.IOException', sentence: 'disk' }, 'BrokerRefused'],
  ] as const)('whose commit %s has an unknown outcome', async (_how, reaction, cause) => {
    const { broker, connection, timeouts } = await opened((command) => (isCommit(command) ? reaction : 'answer'));
    const committing = errorOf((await connection.begin()).commit());
    await settled();
    timeouts.pass(answerTimeoutMs);
    expect(await committing).toMatchObject({ name: 'CommitOutcomeUnknown', cause: { name: cause } });
    expect(broker.client.destroyed).toBe(true);
  });

  it('whose connection is lost after its commit was sent has an unknown outcome', async () => {
    const { broker, connection } = await opened((command) => (isCommit(command) ? 'silence' : 'answer'));
    const committing = errorOf((await connection.begin()).commit());
    await settled();
    broker.end();
    expect(await committing).toMatchObject({ name: 'CommitOutcomeUnknown', cause: { name: 'ConnectionLost' } });
  });

  it('whose connection is lost before its commit was sent took no place', async () => {
    const { broker, connection } = await opened();
    const transaction = await connection.begin();
    broker.end();
    await settled();
    expect(await errorOf(transaction.commit())).toMatchObject({
      name: 'TransactionRolledBack',
      cause: { name: 'ConnectionLost' },
    });
  });

  it('whose commit is answered while the broker reports an error has an unknown outcome', async () => {
    const { broker, connection } = await opened((command) => (isCommit(command) ? 'silence' : 'answer'));
    const committing = errorOf((await connection.begin()).commit());
    await settled();
    broker.send(connectionError({ exception: 'java.io.IOException', sentence: 'disk' }));
    const [commit] = broker.commands.filter(isCommit);
    broker.send(response(commit?.commandId ?? 0));
    expect((await committing).name).toBe('CommitOutcomeUnknown');
  });

  it('goes on after a copy that is too large to be sent', async () => {
    const { broker, connection } = await opened(undefined, 200);
    const transaction = await connection.begin();
    expect(() => transaction.copy(original, 'o', 'kept')).toThrow(expect.objectContaining({ name: 'FrameTooLarge' }));
    await transaction.commit();
    expect([count(broker, isCopy), count(broker, isCommit)]).toEqual([0, 1]);
  });

  it('keeps no id in the queue that it came from, where it would vanish', async () => {
    const { broker, connection } = await opened();
    const transaction = await connection.begin();
    const { name = '' } = original.destination ?? {};
    expect(() => transaction.copy(original, name, 'kept')).toThrow('vanish');
    transaction.copy(original, name, 'fresh');
    await transaction.commit();
    expect(count(broker, isCopy)).toBe(1);
  });

  it.each(['', 'a,b', 'q>'])('copies to one queue only, not to "%s"', async (queue) => {
    const { connection } = await opened();
    const transaction = await connection.begin();
    expect(() => transaction.copy(original, queue, 'fresh')).toThrow('one queue');
  });

  it('is over after its end', async () => {
    const { connection, consumer, deliveries } = await opened();
    const transaction = await connection.begin();
    await transaction.rollback();
    expect(() => transaction.copy(original, 'o', 'kept')).toThrow('over');
    expect(() => consumer.acknowledge(deliveries, transaction)).toThrow('over');
    expect((await errorOf(transaction.commit())).name).toBe('InvalidUse');
    expect((await errorOf(transaction.rollback())).name).toBe('InvalidUse');
  });
});
