import { AsyncLocalStorage } from 'node:async_hooks';
import type { Duplex } from 'node:stream';
import type { MqClientConfig } from '@aws-sdk/client-mq';
import { type Clock, systemClock } from './clock.ts';
import type { SendHttp } from './http-request.ts';
import { type Log, powertoolsLog } from './log.ts';

/** What every SDK client of this process is built with, in addition to its Region. */
export interface AwsClientSettings {
  /** A request handler of its own, or settings of the SDK's Node handler. */
  readonly requestHandler?: NonNullable<MqClientConfig['requestHandler']>;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Where a client connects to: a broker's AMQP endpoint. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Everything a handler takes from its host: time, random numbers, environment variables, logs and network access.
 * On Lambda it is the process itself. A game day runs functions of two Regions in one process, so it hands each
 * invocation a runtime of its own.
 */
export interface Runtime {
  readonly clock: Clock;
  /** A number in [0, 1), for jitter only. */
  random(): number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly aws: AwsClientSettings;
  /**
   * Opens an encrypted stream to a broker, in place of `connectTls`: adapters name the host's own ways out, so that a
   * function bundles those that it takes. Rejects with the socket's error (`code` ECONNREFUSED, ETIMEDOUT, …).
   */
  readonly connect?: (address: SocketAddress, timeoutMs: number) => Promise<Duplex>;
  /** Sends a request to a broker's HTTP API, in place of `sendHttp`. */
  readonly httpRequest?: SendHttp;
}

/** A write must end before its function does: 2 s to connect and 8 s to answer leave half of a 20 s function. */
export const clientTimeouts = { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true } as const;

const hostRuntime: Runtime = {
  clock: systemClock,
  random: Math.random,
  environment: process.env,
  log: powertoolsLog(),
  aws: { requestHandler: clientTimeouts },
};

const runtimes = new AsyncLocalStorage<Runtime>();

/** The runtime of the invocation that is running: the host's own unless `runWithRuntime` set another. */
export const currentRuntime = (): Runtime => runtimes.getStore() ?? hostRuntime;

/** Runs `body`, and everything it awaits, with `runtime`. */
export const runWithRuntime = <T>(runtime: Runtime, body: () => Promise<T>): Promise<T> => runtimes.run(runtime, body);
