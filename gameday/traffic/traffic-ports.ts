import type { Duplex } from 'node:stream';
import type { Clock } from '../../functions/shared/clock.ts';
import type { SocketAddress } from '../../functions/shared/runtime.ts';
import type { BrokerCredentials } from './amqp-client.ts';

/** What clients of a pair need from their surroundings. */
export interface ClientSurroundings {
  readonly clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  readonly credentials: BrokerCredentials;
  /** Every endpoint that the application is configured with, of both brokers, preferred first. */
  endpoints(): readonly SocketAddress[];
  /**
   * Whether a consumer may take messages from the broker at this endpoint now: false while its Region's consumers are
   * held, as by a disabled event-source mapping. Left out, they never are.
   */
  consumes?(endpoint: SocketAddress): boolean;
  /** Opens a stream. Rejects with `code` ECONNREFUSED, ETIMEDOUT, … */
  connect(address: SocketAddress, timeoutMs: number): Promise<Duplex>;
}

/** What clients report, as it happens; times are virtual milliseconds since the Unix epoch. */
export interface TrafficObserver {
  sent(id: string, queue: string, atMs: number): void;
  confirmed(id: string, atMs: number): void;
  rejected(id: string, atMs: number): void;
  sendFailed(client: string, reason: string, atMs: number): void;
  processed(id: string, atMs: number): void;
  receiveFailed(client: string, reason: string, atMs: number): void;
}

/** Limits of a client, in virtual milliseconds. */
export const clientLimits = {
  /** One TCP and TLS handshake; a dark Region costs a client this long per endpoint. */
  connectTimeoutMs: 2_000,
  /** One answer of a connected broker; twice the connect timeout, since a broker may be busy. */
  answerTimeoutMs: 4_000,
  /** First pause after every endpoint refused; doubled up to the longest one. */
  shortestRetryMs: 250,
  /** Bounds how long after a broker opens a client notices: the resolution of the measured unavailability. */
  longestRetryMs: 1_000,
} as const;
