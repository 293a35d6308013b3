import type { Duplex } from 'node:stream';
import type { Credentials } from '../../functions/brokers/broker-secrets.ts';
import type { Ledger } from '../../functions/ledger/ledger.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { SocketAddress } from '../../functions/runtime/runtime.ts';

import type { ConsumerRun } from '../../testbed/consumer-ledger.ts';

/** What clients of a pair run in. */
export interface ClientEnvironment {
  readonly clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  readonly credentials: Credentials;
  /** Every endpoint that the application is configured with, of both brokers, preferred first. */
  endpoints(): readonly SocketAddress[];
  /**
   * Whether a consumer of the queue may take messages from the broker at this endpoint now: false while its Region's
   * consumers are held, as by a disabled event-source mapping, and where the queue has none. Left out, it always may.
   */
  consumes?(endpoint: SocketAddress, queue: string): boolean;
  /** Opens a stream. Rejects with `code` ECONNREFUSED, ETIMEDOUT, … */
  connect(address: SocketAddress, timeoutMs: number): Promise<Duplex>;
  /**
   * The ledger that consumers of the broker at this endpoint use, in that broker's Region. Left out, they work without
   * one.
   */
  ledger?(endpoint: SocketAddress, run: ConsumerRun): Ledger;
  /** What goes wrong inside consumers; left out, nothing does. */
  readonly faults?: ConsumerFaults;
}

/** A message in a consumer's hands. */
export interface HandledMessage {
  readonly consumer: string;
  readonly queue: string;
  readonly id: string;
}

/** Trouble of consumers' own. */
export interface ConsumerFaults {
  /** Whether the consumer's process dies right after the message took effect, before it can tell anybody. */
  diesAfter(message: HandledMessage): boolean;
  /** Whether the message can never be processed: its handler fails each time, before any effect. */
  isPoison(message: HandledMessage): boolean;
}

/** What clients report, as it happens; times are virtual milliseconds since the Unix epoch. */
export interface TrafficObserver {
  sent(id: string, queue: string, atMs: number): void;
  confirmed(id: string, atMs: number): void;
  rejected(id: string, atMs: number): void;
  sendFailed(client: string, reason: string, atMs: number): void;
  processed(id: string, atMs: number): void;
  receiveFailed(client: string, reason: string, atMs: number): void;
  /** The message took effect, and nobody could record that: its consumer died, or the ledger did not take it. */
  uncertain(id: string, atMs: number): void;
  /** What the ledger or a failing handler made of a message, in counts. */
  counted(event: ConsumerEvent): void;
}

/**
 * `crashed`: a consumer's process died · `failed`: a handler failed · `rejected`: it failed too often, and the message
 * went to the dead-letter queue · `processed-before`: acknowledged without a second effect · `elsewhere`: another
 * consumer has claimed it · `taken-over`: a claim ran out and somebody else processed the message.
 */
export type ConsumerEvent = 'crashed' | 'failed' | 'rejected' | 'processed-before' | 'elsewhere' | 'taken-over';

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
  /** Until a consumer's process that died runs again: about what a container needs. */
  restartMs: 5_000,
  /** Longest pause after a message that another consumer has claimed: others behind it may be free. */
  longestBackOffMs: 5_000,
  /**
   * Deliveries that may fail before a consumer refuses a message permanently, as JMS clients do by default, and so Lambda's
   * event source; docs/amazon-mq.md 14.3.
   */
  maxRedeliveries: 6,
} as const;
