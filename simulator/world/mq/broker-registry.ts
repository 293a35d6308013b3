import type { BrokerRecord } from './broker-record.ts';
import { mqFault } from './mq-fault.ts';

/** All brokers. */
export class BrokerRegistry {
  readonly #records: BrokerRecord[] = [];

  add(record: BrokerRecord): void {
    this.#records.push(record);
  }

  remove(record: BrokerRecord): void {
    const index = this.#records.indexOf(record);
    if (index >= 0) this.#records.splice(index, 1);
  }

  all(): readonly BrokerRecord[] {
    return this.#records;
  }

  /** Brokers of a Region in the order of their creation. */
  inRegion(region: string): readonly BrokerRecord[] {
    return this.#records.filter((record) => record.region === region);
  }

  byName(region: string, brokerName: string): BrokerRecord | undefined {
    return this.inRegion(region).find((record) => record.brokerName === brokerName);
  }

  byArn(arn: string): BrokerRecord | undefined {
    return this.#records.find((record) => record.brokerArn === arn);
  }

  /** @throws ApiFault NotFoundException: a broker is known only in its own Region */
  require(region: string, brokerId: string): BrokerRecord {
    const record = this.inRegion(region).find((candidate) => candidate.brokerId === brokerId);
    if (record !== undefined) return record;
    throw mqFault(
      'NotFoundException',
      `Can't find requested broker [${brokerId}]. Make sure your broker exists.`,
      'broker-id',
    );
  }
}
