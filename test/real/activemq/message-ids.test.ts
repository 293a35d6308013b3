import { randomUUID } from 'node:crypto';
import type { Message } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalAmqpId, canonicalJmsId } from '../../../functions/ledger/message-id.ts';
import { readMessage } from '../../../functions/reconciliation/amqp/read-message.ts';
import { connectAmqp, sendAmqp } from '../../../tools/real/activemq/amqp-source.ts';
import { openBroker } from '../../../tools/real/activemq/given-broker.ts';
import type { TestBroker } from '../../../tools/real/activemq/test-broker.ts';
import vectors from '../../support/message-id-vectors.json' with { type: 'json' };
import { typedId } from '../../support/message-id-vectors.ts';
import { JmsTool } from './jms-tool.ts';
import { rawMessages } from './raw-queue.ts';
import { withoutActiveMq } from './without-activemq.ts';

describe.runIf(!withoutActiveMq)('ids of messages on a real broker', () => {
  let broker: TestBroker;
  let jms: JmsTool;

  beforeAll(async () => {
    broker = await openBroker(process.env);
    jms = await JmsTool.compile(broker);
  });

  afterAll(async () => {
    await jms?.dispose();
    await broker?.stop();
  });

  it('are to JMS what the vectors say of each AMQP id, and the ledger makes the same of both', async () => {
    const queue = `ids-${randomUUID()}`;
    const connection = await connectAmqp(broker);
    const messages = vectors.amqp.map((vector) => ({ message_id: typedId(vector), body: vector.name }) as Message);
    await sendAmqp(connection, queue, messages);
    connection.close();
    const expected = vectors.amqp.map(({ jms: id }) => id);
    const asAmqp = (await rawMessages(broker, queue)).map((bytes) => canonicalAmqpId(readMessage(bytes).messageId));
    const asJms = (await jms.drain(queue, messages.length)).map(({ id }) => id);
    expect(asJms).toEqual(expected);
    expect(asJms.map(canonicalJmsId)).toEqual(expected);
    expect(asAmqp).toEqual(expected);
  });

  it('are to AMQP what an OpenWire client made them', async () => {
    const queue = `ids-${randomUUID()}`;
    const sent = await jms.produce(queue, { count: 20, first: 0 });
    const asAmqp = (await rawMessages(broker, queue)).map((bytes) => canonicalAmqpId(readMessage(bytes).messageId));
    expect(asAmqp).toEqual(sent.map(({ id }) => canonicalJmsId(id)));
  });
});
