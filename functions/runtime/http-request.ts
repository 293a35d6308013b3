import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** One HTTP request. The path is sent as it stands: nothing normalises `%2F` or dots in names. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** `https://host` or `https://host:port`, without a path. */
  readonly origin: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpLimits {
  /** From the first packet to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  /**
   * Takes the body of an answer with status 200 piece by piece; `body` is then empty. What it throws rejects the
   * request. A sender that has the whole body at hand may ignore it.
   */
  readonly consume?: (chunk: Buffer) => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends a request. Rejects with an error whose `code` is a socket's, TLS's, or `EMSGSIZE` for too long a body. */
export type SendHttp = (request: HttpRequest, limits: HttpLimits) => Promise<HttpAnswer>;

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/**
 * Sends a request with the host's certificate store; an `http:` origin is for brokers on loopback.
 *
 * @throws the socket's or TLS's own error; ETIMEDOUT after `timeoutMs`; EMSGSIZE for a body beyond `maxBodyBytes`
 */
export const sendHttp: SendHttp = ({ method, origin, path, headers, body }, { timeoutMs, maxBodyBytes, consume }) =>
  new Promise((resolve, reject) => {
    const { protocol, hostname, port } = new URL(origin);
    const signal = AbortSignal.timeout(timeoutMs);
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const send = protocol === 'http:' ? requestPlain : requestTls;
    const outgoing = send(
      {
        method,
        hostname,
        ...(port !== '' && { port }),
        path,
        headers: { ...headers, ...(bytes && { 'content-length': String(bytes.length) }) },
        signal,
        // A connection kept open may be closed by the broker, or by a pause of the function, just as it is used again.
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let length = 0;
        incoming.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > maxBodyBytes) incoming.destroy(failure('EMSGSIZE', `the answer exceeds ${maxBodyBytes} bytes`));
          else if (consume === undefined || incoming.statusCode !== 200) chunks.push(chunk);
          else {
            try {
              consume(chunk);
            } catch (error) {
              incoming.destroy(error instanceof Error ? error : new Error(String(error)));
            }
          }
        });
        incoming.once('error', fail);
        incoming.once('end', () =>
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    const fail = (error: Error): void =>
      reject(signal.aborted ? failure('ETIMEDOUT', `no answer from ${hostname} in ${timeoutMs} ms`) : error);
    outgoing.once('error', fail);
    outgoing.end(bytes);
  });
