import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { Credentials } from '../../functions/brokers/broker-secrets.ts';
import type { Clock } from '../../functions/runtime/clock.ts';

/** What an application client needs to talk to one queue of one broker. */
export interface AmqpClientOptions {
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly queue: string;
  /** Name of the client, for the AMQP container id. */
  readonly name: string;
  /** Virtual milliseconds that an answer may take. */
  readonly timeoutMs: number;
}

/** The other side did not answer in time. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  constructor(what: string, timeoutMs: number) {
    super(`${what}: no answer within ${timeoutMs} ms`);
  }
}

/**
 * Turns of the event loop after which an in-memory peer that has not answered will not answer by itself. A frame needs
 * two or three turns in each direction; 40 leaves room for an exchange of several frames.
 */
const loopTurns = 40;

/** Virtual interval at which a silent peer is polled again; small against every timeout of the traffic (≥ 2 s). */
const lookAgainMs = 100;

/**
 * Waits for something that a peer does in this process. First the event loop gets its turns, without virtual time
 * passing; only when the peer stays silent does the caller sleep on the clock, so that others can act.
 *
 * @throws NoAnswerError after `timeoutMs` virtual milliseconds
 */
export const answerWithin = async <T>(
  { clock, timeoutMs }: Pick<AmqpClientOptions, 'clock' | 'timeoutMs'>,
  what: string,
  answer: Promise<T>,
): Promise<T> => {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  answer.then(settle, settle);
  const deadlineMs = clock.nowMs() + timeoutMs;
  for (;;) {
    for (let turn = 0; turn < loopTurns && !settled; turn++) await nextLoopTurn();
    if (settled) return await answer;
    if (clock.nowMs() >= deadlineMs) throw new NoAnswerError(what, timeoutMs);
    await clock.sleepMs(Math.min(lookAgainMs, deadlineMs - clock.nowMs()));
  }
};
