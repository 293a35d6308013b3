import { Readable } from 'node:stream';
import type { CallOrigin, Dispatcher } from './dispatcher.ts';
import { abortError } from './sleep-unless-aborted.ts';
import { encodeText, type WireRequest } from './wire-message.ts';

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkCallOptions {
  readonly abortSignal?: AbortSignal;
  /** Milliseconds. */
  readonly requestTimeout?: number;
}

/**
 * The SDK's `requestHandler` for clients that live in the same process as the simulator: no socket, no real time.
 * Time-outs are virtual milliseconds.
 */
export class InProcessHandler {
  readonly #dispatcher: Dispatcher;
  readonly #origin: CallOrigin;

  constructor(dispatcher: Dispatcher, origin: CallOrigin = {}) {
    this.#dispatcher = dispatcher;
    this.#origin = origin;
  }

  /** @throws ConnectionError or AbortError where a socket would fail */
  async handle(request: unknown, options: unknown = {}): Promise<{ response: unknown }> {
    const { abortSignal, requestTimeout } = options as SdkCallOptions;
    if (abortSignal?.aborted) throw abortError();
    const response = await this.#dispatcher.dispatch(toWireRequest(request as SdkRequest), {
      ...this.#origin,
      requestTimeoutMs: requestTimeout ?? this.#origin.requestTimeoutMs,
      abortSignal,
    });
    return { response: response.streamed ? { ...response, body: Readable.from([response.body]) } : response };
  }

  destroy(): void {}
}

const toWireRequest = (request: SdkRequest): WireRequest => ({
  method: request.method,
  path: request.path,
  query: Object.fromEntries(
    Object.entries(request.query ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : `${value ?? ''}`,
    ]),
  ),
  headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
  body: toBytes(request.body),
});

const toBytes = (body: unknown): Uint8Array => {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return encodeText(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError('the simulator takes request bodies of text or bytes, not streams');
};
