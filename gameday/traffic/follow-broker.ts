import type { Duplex } from 'node:stream';
import { DrError } from '../../functions/runtime/errors.ts';
import { type ClientEnvironment, clientLimits } from './traffic-ports.ts';

/** No endpoint took the connection; the message names the different reasons. */
export class NoBrokerAcceptsError extends Error {
  override readonly name = 'NoBrokerAcceptsError';

  constructor(attempts: readonly string[]) {
    super(attempts.length === 0 ? 'no endpoint is configured' : [...new Set(attempts)].join(', '));
  }
}

/**
 * Opens a link to whichever broker accepts clients, trying the endpoints in order.
 *
 * @throws NoBrokerAcceptsError
 */
export const openWherePossible = async <L>(
  environment: ClientEnvironment,
  open: (stream: Duplex) => Promise<L>,
): Promise<L> => {
  const attempts: string[] = [];
  for (const endpoint of environment.endpoints()) {
    let stream: Duplex | undefined;
    try {
      stream = await environment.connect(endpoint, clientLimits.connectTimeoutMs);
      return await open(stream);
    } catch (error) {
      stream?.destroy();
      attempts.push(reasonOf(error));
    }
  }
  throw new NoBrokerAcceptsError(attempts);
};

/** A short reason for logs: the error's code, or what the broker said, else the error's name. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof NoBrokerAcceptsError || error instanceof DrError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};

/** Pauses between attempts: doubled from the shortest to the longest, with half of each at random; reset by success. */
export class RetryPause {
  readonly #random: () => number;
  #nextMs: number = clientLimits.shortestRetryMs;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Virtual milliseconds to wait now. */
  next(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(pauseMs * 2, clientLimits.longestRetryMs);
    return Math.round(pauseMs / 2 + (pauseMs / 2) * this.#random());
  }

  reset(): void {
    this.#nextMs = clientLimits.shortestRetryMs;
  }
}
