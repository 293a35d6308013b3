import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../functions/runtime/clock.ts';

type RequestHandler = SFNClient['config']['requestHandler'];

/**
 * Differences up to this are no skew: a Date header counts whole seconds, and its answer travels. In milliseconds.
 */
const noticeableSkewMs = 5_000;

/**
 * The host's clock, put right by the Date header of AWS's answers. Expiry and age are judged by it: a laptop's clock
 * may be wrong, and an approval must not be given after its time because of that.
 */
export class ServiceClock implements Clock {
  readonly #host: Clock;
  #skewMs = 0;

  constructor(host: Clock) {
    this.#host = host;
  }

  nowMs(): number {
    return this.#host.nowMs() + this.#skewMs;
  }

  async sleepMs(milliseconds: number): Promise<void> {
    await this.#host.sleepMs(milliseconds);
  }

  async concurrently<T extends readonly unknown[]>(
    tasks: { readonly [K in keyof T]: () => Promise<T[K]> },
  ): Promise<T> {
    return await this.#host.concurrently<T>(tasks);
  }

  /** The same handler, which also passes the time of every answer to this clock. */
  listeningTo(handler: RequestHandler): RequestHandler {
    return {
      ...(handler.metadata && { metadata: handler.metadata }),
      destroy: () => handler.destroy?.(),
      handle: async (request, options) => {
        const answer = await handler.handle(request, options);
        this.#hear(answer.response.headers.date);
        return answer;
      },
    };
  }

  #hear(date: string | undefined): void {
    const serviceMs = Date.parse(date ?? '');
    if (Number.isNaN(serviceMs)) return;
    const skewMs = serviceMs - this.#host.nowMs();
    this.#skewMs = Math.abs(skewMs) > noticeableSkewMs ? skewMs : 0;
  }
}
