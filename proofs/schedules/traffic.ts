import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { fromAmqp, processOnce } from '../../functions/ledger/index.ts';
import { partitionKey } from '../../functions/ledger/ledger-key.ts';
import { ledgerTableName } from '../../infra/names.ts';
import { Accounting, type MessageTotals } from '../../testbed/accounting.ts';
import { sendMessages } from '../../testbed/messages.ts';
import { west } from '../../testbed/orders.ts';
import type { TestbedPair } from '../../testbed/pair.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Violations } from './audit.ts';

const queue = 'orders.placed';
/** How often the application sends and consumes, and how much: messages have to lie around before things happen. */
const paces = {
  calm: { seconds: 60, messages: 1 },
  busy: { seconds: 25, messages: 2 },
} as const;

/**
 * An application of the pair: it sends to whichever broker takes clients, and consumes from it, with the ledger's library:
 * a message is claimed, takes effect, is confirmed and then acknowledged. Messages are taken from the store directly: what
 * AMQP does is shown elsewhere.
 */
export class ScheduleTraffic {
  readonly accounting = new Accounting();
  readonly #acknowledged = new Set<string>();
  readonly #testbed: Testbed;
  readonly #pair: TestbedPair;
  #sent = 0;
  #crashes = 0;
  /** Runs of the consumer's process so far: one that died is followed by another one. */
  #runs = 1;

  constructor(testbed: Testbed) {
    this.#testbed = testbed;
    this.#pair = testbed.pair('orders');
  }

  /** The next messages that a consumer works on take effect, and then the consumer dies. */
  crashConsumer(count: number): void {
    this.#crashes += count;
  }

  /**
   * Sends and consumes for so long.
   *
   * @param times how many times as many messages as usual
   */
  async run(seconds: number, pace: keyof typeof paces, times = 1): Promise<void> {
    const { clock } = this.#testbed;
    const { seconds: period, messages } = paces[pace];
    for (const endMs = clock.nowMs() + seconds * 1_000; clock.nowMs() < endMs; ) {
      await clock.sleepMs(period * 1_000);
      this.#produce(messages * times);
      // One more than was sent, so that what has piled up is worked off.
      await this.#consume(messages * times + 1);
    }
  }

  /** Whether the application has acknowledged a message on a broker. */
  hasAcknowledged(brokerId: string, id: string): boolean {
    return this.#acknowledged.has(`${brokerId} ${id}`);
  }

  /** Messages on all queues of a broker, the quarantine among them, by id. */
  messagesOf(brokerId: string): readonly string[] {
    return this.#pair.stores().flatMap((store) => (store.brokerId === brokerId ? store.messageIds : []));
  }

  /** Checks every message against the brokers' stores and the ledger; returns their totals. */
  async audit(violations: Violations): Promise<MessageTotals> {
    const stores = this.#pair.stores();
    const totals = this.accounting.totals(stores);
    const { lost, setAsideUnprocessed, processedTwice, uncertain } = totals.named;
    for (const { id } of lost) violations.push(`message ${id} was confirmed, took no effect, and no broker has it`);
    for (const { id } of setAsideUnprocessed)
      violations.push(`message ${id} took no effect and lies in the quarantine`);
    const proofs = await this.#proofs();
    const proofsOf = (id: string): number =>
      proofs.get(partitionKey({ pair: 'orders', destination: queue, id: `ID:${id}` })) ?? 0;
    const named = new Set(uncertain.map(({ id }) => id));
    for (const { id } of processedTwice) {
      // The ledger records a duplicate as two proofs; what a dying consumer left is uncertain, and named so.
      if (proofsOf(id) < 2 && !named.has(id)) violations.push(`message ${id} took effect twice, and nothing says so`);
    }
    for (const store of stores) {
      if (!store.queue.startsWith('mq-dr.quarantine.')) continue;
      for (const id of store.messageIds) {
        if (proofsOf(id) === 0) {
          violations.push(`message ${id} was removed, and the ledger does not prove it processed`);
        }
      }
    }
    return totals;
  }

  #serving() {
    const serving = this.#pair.views().find(({ serves }) => serves);
    return serving && this.#testbed.broker(serving.brokerName);
  }

  #produce(count: number): void {
    const broker = this.#serving();
    if (broker === undefined) return;
    const ids = Array.from({ length: count }, () => `m-${++this.#sent}`);
    for (const id of ids) this.accounting.sent(id, queue, this.#testbed.clock.nowMs());
    sendMessages(this.#testbed, broker.brokerName, queue, ids);
    for (const id of ids) this.accounting.confirmed(id);
  }

  async #consume(most: number): Promise<void> {
    const broker = this.#serving();
    const [endpoint] = broker?.amqpAddresses ?? [];
    if (broker === undefined || endpoint === undefined || !this.#pair.consumes(endpoint)) return;
    const { store } = this.#testbed.dataPlanes.broker(broker.brokerId);
    const keys = new Map<string, string>();
    while (keys.size < most) {
      const taken = store.acquire(queue, { holder: 'consumer' });
      if (taken === undefined) break;
      keys.set(taken.message.id.replace(/^ID:/, ''), taken.message.key);
    }
    const done = await this.#process(broker.region, [...keys.keys()]);
    for (const [id, key] of keys) {
      // A broker that has closed meanwhile takes no acknowledgement.
      if (done.has(id) && broker.dataPlane.acceptsClients) {
        store.accept(queue, key);
        this.#acknowledged.add(`${broker.brokerId} ${id}`);
      } else store.release(queue, key, { deliveryFailed: true });
    }
  }

  /** Lets messages take effect as the ledger allows; those that may be acknowledged. */
  async #process(region: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const { clock } = this.#testbed;
    const run = { consumer: 'consumer', owner: `consumer, run ${this.#runs}`, observer: {} };
    const ledger = this.#pair.ledger(region, run);
    const death = Promise.withResolvers<readonly []>();
    const unrecorded: string[] = [];
    const handle = async ({ messageId }: { readonly messageId?: string | undefined }): Promise<void> => {
      const id = messageId?.replace(/^ID:/, '') ?? '';
      this.accounting.processed(id, clock.nowMs());
      unrecorded.push(id);
      if (this.#crashes === 0) return;
      this.#crashes -= 1;
      this.#runs += 1;
      for (const each of unrecorded) this.accounting.uncertain(each);
      death.resolve([]);
      // A dead process does nothing more: its claims stay until their lease has ended.
      await new Promise<never>(() => {});
    };
    try {
      const messages = ids.map((id) => fromAmqp({ message_id: id }, queue));
      const outcomes = await Promise.race([processOnce(ledger, messages, handle, { confirm: 'batch' }), death.promise]);
      const nameOf = ({ message }: (typeof outcomes)[number]): string => message.source.message_id;
      for (const outcome of outcomes) if (outcome.status === 'unconfirmed') this.accounting.uncertain(nameOf(outcome));
      return new Set(outcomes.filter(({ acknowledge }) => acknowledge).map(nameOf));
    } catch {
      // The ledger cannot be asked: nothing was processed.
      return new Set();
    }
  }

  /** Regions that have entered each message as processed, by partition key. */
  async #proofs(): Promise<ReadonlyMap<string, number>> {
    const client = this.#testbed.client(DynamoDBClient, west);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: ledgerTableName }));
    const proofs = new Map<string, number>();
    for (const { pk, sk } of Items) {
      const key = pk?.S ?? '';
      if (sk?.S?.startsWith('P#') === true) proofs.set(key, (proofs.get(key) ?? 0) + 1);
    }
    return proofs;
  }
}
