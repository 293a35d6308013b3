import type { Duplex } from 'node:stream';
import { ConnectionError } from '../api/connection-error.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { type FaultBoard, fits } from './fault-board.ts';
import { amqpPort, instanceCount, instanceHost } from './mq/broker-endpoints.ts';
import type { BrokerRecord } from './mq/broker-record.ts';
import type { BrokerRegistry } from './mq/broker-registry.ts';
import type { Reachability } from './reachability.ts';

/** Where a client connects to. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Who connects: an application, or mq-dr itself, which a fence must let through. */
export type ConnectingParty = 'client' | 'mq-dr';

interface OpenConnection {
  readonly stream: Duplex;
  readonly fromRegion: string | undefined;
  readonly party: ConnectingParty;
  readonly record: BrokerRecord;
}

export interface BrokerConnectionsOptions {
  readonly clock: VirtualClock;
  readonly registry: BrokerRegistry;
  readonly reachability: Reachability;
  readonly faults: FaultBoard;
}

/** Streams from clients to brokers, by host name; a Region that goes dark takes its streams with it. */
export class BrokerConnections {
  readonly #options: BrokerConnectionsOptions;
  readonly #open = new Set<OpenConnection>();

  constructor(options: BrokerConnectionsOptions) {
    this.#options = options;
  }

  /**
   * Opens a raw AMQP 1.0 stream. Only the active instance of a broker listens (docs/amazon-mq.md 14).
   *
   * @throws an error with `code` ENOTFOUND, ECONNREFUSED, or after `timeoutMs` ETIMEDOUT
   */
  async connect(
    address: HostPort,
    timeoutMs: number,
    fromRegion: string | undefined,
    party: ConnectingParty,
  ): Promise<Duplex> {
    const where = `${address.host}:${address.port}`;
    const found = this.#find(address.host);
    if (found === undefined) throw new ConnectionError('ENOTFOUND', `no broker has the host name ${address.host}`);
    const { record, instance } = found;
    if (!this.#reaches({ fromRegion, party, record })) {
      await this.#options.clock.sleepMs(timeoutMs);
      throw new ConnectionError('ETIMEDOUT', `no answer from ${where} within ${timeoutMs} ms`);
    }
    if (address.port !== amqpPort || instance !== 1 || record.dataPlane === undefined) {
      throw new ConnectionError('ECONNREFUSED', `nothing listens on ${where}`);
    }
    const stream = record.dataPlane.connect();
    const connection = { stream, fromRegion, party, record };
    this.#open.add(connection);
    stream.once('close', () => this.#open.delete(connection));
    return stream;
  }

  /** Breaks every stream whose two ends cannot reach each other any more. */
  dropUnreachable(): void {
    for (const connection of this.#open) {
      if (this.#reaches(connection)) continue;
      this.#open.delete(connection);
      connection.stream.destroy(
        new ConnectionError(
          'ETIMEDOUT',
          `${connection.record.brokerName} in ${connection.record.region} does not answer`,
        ),
      );
    }
  }

  #reaches({ fromRegion, party, record }: Omit<OpenConnection, 'stream'>): boolean {
    const { reachability, faults } = this.#options;
    const denied = faults
      .active('clients-denied')
      .some((fault) => fits(fault.region, record.region) && fits(fault.brokerName, record.brokerName));
    if (denied && party === 'client') return false;
    return fromRegion === undefined
      ? !reachability.isDark(record.region)
      : reachability.connects(fromRegion, record.region);
  }

  #find(host: string): { readonly record: BrokerRecord; readonly instance: number } | undefined {
    for (const record of this.#options.registry.all()) {
      for (let instance = 1; instance <= instanceCount(record); instance++) {
        if (instanceHost(record, instance) === host) return { record, instance };
      }
    }
    return undefined;
  }
}
