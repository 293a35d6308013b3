import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { partitionKey } from '../../functions/reconciliation/ledger/ledger-key.ts';
import { ledgerTable } from '../../gameday/stage/stage.ts';
import { Accounting } from '../../gameday/traffic/accounting.ts';
import { type RehearsalStage, west } from '../rehearsal/rehearsal-stage.ts';
import type { Violations } from './audit.ts';

const queue = 'orders.placed';
const periodMs = 20_000;

/** Longer than every schedule, as seconds since the Unix epoch. */
const expiresAtSeconds = '4102444800';

/**
 * An application of the pair: it sends to whichever broker takes clients, and consumes from it; each message takes effect,
 * is entered in the ledger and then acknowledged. Messages go into the store directly: what AMQP does is shown elsewhere.
 */
export class ScheduleTraffic {
  readonly book = new Accounting();
  readonly #acknowledged = new Set<string>();
  readonly #stage: RehearsalStage;
  #sent = 0;
  #crashes = 0;

  constructor(stage: RehearsalStage) {
    this.#stage = stage;
  }

  /** The next messages that a consumer works on take effect, and then the consumer dies. */
  crashConsumer(count: number): void {
    this.#crashes += count;
  }

  /** Sends and consumes for so long. */
  async run(seconds: number): Promise<void> {
    const { clock } = this.#stage.stage;
    for (const endMs = clock.nowMs() + seconds * 1_000; clock.nowMs() < endMs; ) {
      await clock.sleepMs(periodMs);
      this.#produce();
      await this.#consume();
    }
  }

  /** Whether the application has acknowledged a message on a broker. */
  hasAcknowledged(brokerId: string, id: string): boolean {
    return this.#acknowledged.has(`${brokerId} ${id}`);
  }

  /** Messages on all queues of a broker, the quarantine among them, by id. */
  messagesOf(brokerId: string): readonly string[] {
    const broker = this.#stage.stage.world.brokers().find((each) => each.brokerId === brokerId);
    return [...(broker?.dataPlane?.queueDepths().keys() ?? [])].flatMap((name) => this.#idsIn(brokerId, name));
  }

  /** What became of the messages, against the brokers' stores and the ledger. */
  async audit(violations: Violations): Promise<void> {
    const { stage } = this.#stage;
    const stores = stage.world.brokers().flatMap(({ brokerId, dataPlane }) =>
      [...(dataPlane?.queueDepths().keys() ?? [])].map((name) => ({
        brokerId,
        queue: name,
        serves: dataPlane?.acceptsClients ?? false,
        messageIds: this.#idsIn(brokerId, name),
      })),
    );
    const { lost, setAsideUnprocessed } = this.book.totals(stores).named;
    for (const { id } of lost) violations.push(`message ${id} was confirmed, took no effect, and no broker has it`);
    for (const { id } of setAsideUnprocessed)
      violations.push(`message ${id} took no effect and lies in the quarantine`);
    const proved = await this.#proved();
    for (const store of stores) {
      if (!store.queue.startsWith('mq-dr.quarantine.')) continue;
      for (const id of store.messageIds) {
        if (!proved.has(partitionKey({ pair: 'orders', destination: queue, id: `ID:${id}` }))) {
          violations.push(`message ${id} was removed, and the ledger does not prove it processed`);
        }
      }
    }
  }

  #serving() {
    const { world } = this.#stage.stage;
    return world
      .brokers()
      .find(({ region, dataPlane }) => dataPlane?.acceptsClients === true && !world.reachability.isDark(region));
  }

  #produce(): void {
    const broker = this.#serving();
    if (broker === undefined) return;
    const id = `m-${++this.#sent}`;
    this.book.sent(id, queue, this.#stage.stage.clock.nowMs());
    this.#stage.send(broker.brokerName, queue, [id]);
    this.book.confirmed(id);
  }

  async #consume(): Promise<void> {
    const broker = this.#serving();
    if (broker === undefined || !this.#stage.consumesFrom(broker)) return;
    const { stage } = this.#stage;
    const { store } = stage.dataPlanes.broker(broker.brokerId);
    const taken = store.acquire(queue, { holder: 'consumer' });
    if (taken === undefined) return;
    const id = taken.message.id.replace(/^ID:/, '');
    this.book.processed(id, stage.clock.nowMs());
    if (this.#crashes > 0) {
      this.#crashes -= 1;
      this.book.uncertain(id);
      store.release(queue, taken.message.key, { deliveryFailed: true });
      return;
    }
    const known = await this.#enter(broker.region, id);
    if (known) {
      store.accept(queue, taken.message.key);
      this.#acknowledged.add(`${broker.brokerId} ${id}`);
    } else store.release(queue, taken.message.key, { deliveryFailed: true });
  }

  /** Whether the ledger of the Region has taken the proof. */
  async #enter(region: string, id: string): Promise<boolean> {
    const client = new DynamoDBClient({ ...this.#stage.stage.world.clientSettings(), region, maxAttempts: 1 });
    const Item = {
      pk: { S: partitionKey({ pair: 'orders', destination: queue, id: `ID:${id}` }) },
      sk: { S: `P#${region}` },
      owner: { S: 'a consumer' },
      by: { S: 'a consumer' },
      atMs: { N: String(this.#stage.stage.clock.nowMs()) },
      expiresAt: { N: expiresAtSeconds },
    };
    try {
      await client.send(new PutItemCommand({ TableName: ledgerTable, Item }));
      return true;
    } catch {
      this.book.uncertain(id);
      return false;
    }
  }

  async #proved(): Promise<ReadonlySet<string>> {
    const client = new DynamoDBClient({ ...this.#stage.stage.world.clientSettings(), region: west, maxAttempts: 1 });
    const { Items = [] } = await client.send(new ScanCommand({ TableName: ledgerTable }));
    return new Set(Items.flatMap(({ pk, sk }) => (sk?.S?.startsWith('P#') === true ? [pk?.S ?? ''] : [])));
  }

  #idsIn(brokerId: string, name: string): readonly string[] {
    return this.#stage.stage.dataPlanes
      .broker(brokerId)
      .messages(name)
      .map(({ id }) => id.replace(/^ID:/, ''));
  }
}
