import { VirtualClock } from '../../../../../simulator/clock/virtual-clock.ts';
import { ActiveMqBroker, type BrokerChange } from '../../../../../simulator/world/broker/active-mq-broker.ts';
import { CrdrPair } from '../../../../../simulator/world/broker/crdr-pair.ts';
import type { CrdrSettingsInput } from '../../../../../simulator/world/broker/crdr-settings.ts';
import { AmqpTestClient } from '../../../../support/amqp-client.ts';

/** A pair on a virtual clock that starts at 0; A is the original primary. */
export interface PairFixture {
  readonly clock: VirtualClock;
  readonly a: ActiveMqBroker;
  readonly b: ActiveMqBroker;
  readonly pair: CrdrPair;
  readonly changes: readonly BrokerChange[];
  /** Waits, in virtual milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** Waits until that much of a batch period has passed since a batch left; the first leaves at 5,000. */
  waitForPhase(sinceBatchMs: number): Promise<void>;
  /** Ids on a broker's queue in store order, without the `ID:`, whether or not clients could see them. */
  ids(broker: ActiveMqBroker, queue?: string): readonly string[];
}

/** `<prefix><from>` to `<prefix><to>`. */
export const numbered = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => `${prefix}${from + index}`);

/** Runs a test as an actor of the fixture's clock. By default acknowledgements leave 500 ms behind the batches. */
export const withPair = async <T>(
  settings: CrdrSettingsInput,
  body: (fixture: PairFixture) => Promise<T>,
): Promise<T> => {
  const clock = new VirtualClock({ startMs: 0 });
  const changes: BrokerChange[] = [];
  const broker = (name: string, region: string): ActiveMqBroker =>
    new ActiveMqBroker({
      brokerId: `b-${name}`,
      brokerName: name,
      region,
      nowMs: () => clock.nowMs(),
      authenticate: (username, password) => username === 'app' && password === 'app-password',
      onChange: (change) => changes.push(change),
    });
  return await clock.run('test', async () => {
    const a = broker('a', 'us-east-1');
    const b = broker('b', 'us-west-2');
    const pair = new CrdrPair(a, b, {
      clock,
      random: () => 0.1,
      settings: { tellOldPrimaryAfterMs: 'manual', ...settings },
    });
    return await body({
      clock,
      a,
      b,
      pair,
      changes,
      wait: async (milliseconds) => await clock.sleepMs(milliseconds),
      waitForPhase: async (sinceBatchMs) => {
        await clock.sleepMs((((sinceBatchMs - clock.nowMs()) % 5_000) + 5_000) % 5_000);
      },
      ids: (of, queue = 'orders') => of.messages(queue).map(({ id }) => id.replace(/^ID:/, '')),
    });
  });
};

/** Sends messages with the ids `<prefix><from>` to `<prefix><to>`, all of which must be accepted. */
export const sendTo = async (broker: ActiveMqBroker, prefix: string, from: number, to: number): Promise<void> => {
  const client = await AmqpTestClient.connect(broker);
  const ids = numbered(prefix, from, to);
  const outcomes = await client.send(
    'orders',
    ids.map((id) => ({ message_id: id, body: `body of ${id}` })),
  );
  if (outcomes.some((outcome) => outcome !== 'accepted')) throw new Error(`not all were accepted: ${outcomes}`);
  await client.close();
};

/** Receives and accepts up to `count` messages; their ids in the order they came. */
export const consumeFrom = async (broker: ActiveMqBroker, count: number): Promise<readonly string[]> => {
  const client = await AmqpTestClient.connect(broker);
  const received = await client.receive('orders', count, { settleMode: 1 });
  await client.close();
  return received.map(({ id }) => String(id));
};
