import type { Duplex } from 'node:stream';
import { ConnectionError } from '../api/connection-error.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { AMQP_PORT, instanceCount, instanceHost } from './mq/broker-endpoints.ts';
import type { BrokerRecord } from './mq/broker-record.ts';
import type { BrokerRegistry } from './mq/broker-registry.ts';
import type { Reachability } from './reachability.ts';

/** Where a client connects to. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

interface OpenConnection {
  readonly stream: Duplex;
  readonly fromRegion: string | undefined;
  readonly toRegion: string;
}

/** Streams from clients to brokers, by host name; a Region that goes dark takes its streams with it. */
export class BrokerConnections {
  readonly #clock: VirtualClock;
  readonly #registry: BrokerRegistry;
  readonly #reachability: Reachability;
  readonly #open = new Set<OpenConnection>();

  constructor(clock: VirtualClock, registry: BrokerRegistry, reachability: Reachability) {
    this.#clock = clock;
    this.#registry = registry;
    this.#reachability = reachability;
  }

  /**
   * Opens a raw AMQP 1.0 stream. Only the active instance of a broker listens (docs/amazon-mq.md 14).
   *
   * @throws an error with `code` ENOTFOUND, ECONNREFUSED, or after `timeoutMs` ETIMEDOUT
   */
  async connect(address: BrokerAddress, timeoutMs: number, fromRegion?: string): Promise<Duplex> {
    const where = `${address.host}:${address.port}`;
    const found = this.#find(address.host);
    if (found === undefined) throw new ConnectionError('ENOTFOUND', `no broker has the host name ${address.host}`);
    const { record, instance } = found;
    if (!this.#reaches(fromRegion, record.region)) {
      await this.#clock.sleepMs(timeoutMs);
      throw new ConnectionError('ETIMEDOUT', `no answer from ${where} within ${timeoutMs} ms`);
    }
    if (address.port !== AMQP_PORT || instance !== 1 || record.dataPlane === undefined) {
      throw new ConnectionError('ECONNREFUSED', `nothing listens on ${where}`);
    }
    const stream = record.dataPlane.connect();
    const connection = { stream, fromRegion, toRegion: record.region };
    this.#open.add(connection);
    stream.once('close', () => this.#open.delete(connection));
    return stream;
  }

  /** Breaks every stream whose two ends cannot reach each other any more. */
  dropUnreachable(): void {
    for (const connection of this.#open) {
      if (this.#reaches(connection.fromRegion, connection.toRegion)) continue;
      this.#open.delete(connection);
      connection.stream.destroy(new ConnectionError('ETIMEDOUT', `the Region ${connection.toRegion} does not answer`));
    }
  }

  #reaches(fromRegion: string | undefined, toRegion: string): boolean {
    return fromRegion === undefined
      ? !this.#reachability.isDark(toRegion)
      : this.#reachability.connects(fromRegion, toRegion);
  }

  #find(host: string): { readonly record: BrokerRecord; readonly instance: number } | undefined {
    for (const record of this.#registry.all()) {
      for (let instance = 1; instance <= instanceCount(record); instance++) {
        if (instanceHost(record, instance) === host) return { record, instance };
      }
    }
    return undefined;
  }
}
