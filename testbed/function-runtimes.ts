import type { Duplex } from 'node:stream';
import type { Clock } from '../functions/runtime/clock.ts';
import type { Log, LogFields } from '../functions/runtime/log.ts';
import { clientTimeouts } from '../functions/runtime/runtime.ts';
import type { SimulatedAws } from '../simulator/world/simulated-aws.ts';
import type { Deployment } from './deployment.ts';
import type { FunctionLog } from './events.ts';
import type { Invocation, InvocationRuntime } from './lambda.ts';

/** What deployed functions run in: the clocks of their Regions, their environments, their ways out. */
export class FunctionRuntimes {
  readonly #aws: SimulatedAws;
  readonly #deployment: Deployment;
  readonly #onLog: (log: FunctionLog) => void;
  readonly #random: () => number;
  /** One set for each Region: functions keep their clients by it. */
  readonly #clients = new Map<string, ReturnType<SimulatedAws['clientSettings']>>();

  constructor(aws: SimulatedAws, deployment: Deployment, onLog: (log: FunctionLog) => void) {
    this.#aws = aws;
    this.#deployment = deployment;
    this.#onLog = onLog;
    this.#random = aws.randomStream('functions');
  }

  readonly of = ({ functionName, region }: Invocation): InvocationRuntime => {
    const streams: Duplex[] = [];
    return {
      runtime: {
        clock: this.#clockIn(region),
        random: this.#random,
        environment: this.#deployment.environment(region),
        log: this.#logOf(functionName, region),
        aws: this.#clientsIn(region),
        httpRequest: (request, limits) => this.#aws.httpRequest(request, limits, region),
        connect: async (address, timeoutMs) => {
          const stream = await this.#aws.connect(address, timeoutMs, region, 'mq-dr');
          streams.push(stream);
          return stream;
        },
      },
      died: () => {
        for (const stream of streams) stream.destroy();
      },
    };
  };

  /** The one clock, as hosts of a Region show it. */
  #clockIn(region: string): Clock {
    const { clock } = this.#aws;
    return {
      nowMs: () => clock.nowMs() + this.#aws.hostClockOffsetMs(region),
      sleepMs: (milliseconds) => clock.sleepMs(milliseconds),
      concurrently: (tasks) => clock.concurrently(tasks),
    };
  }

  /** The limits are those of the deployed clients. */
  #clientsIn(region: string): ReturnType<SimulatedAws['clientSettings']> {
    const { connectionTimeout: connectionTimeoutMs, requestTimeout: requestTimeoutMs } = clientTimeouts;
    const settings =
      this.#clients.get(region) ??
      this.#aws.clientSettings({ fromRegion: region, connectionTimeoutMs, requestTimeoutMs });
    this.#clients.set(region, settings);
    return settings;
  }

  #logOf(functionName: string, region: string): Log {
    const at =
      (level: FunctionLog['level']) =>
      (message: string, fields: LogFields = {}): void => {
        const log = { atMs: this.#aws.clock.nowMs(), level, functionName, region, message, fields };
        this.#aws.takeLogLine(region, fields);
        this.#onLog(log);
      };
    return { info: at('info'), warn: at('warn'), error: at('error') };
  }
}
