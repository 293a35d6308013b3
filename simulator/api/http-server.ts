import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ActorKilledError } from '../clock/actor.ts';
import type { ServedClock } from '../clock/virtual-clock.ts';
import { ConnectionError } from './connection-error.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { WireRequest } from './wire-message.ts';

/** Another process listens on the port already. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';

  constructor(host: string, port: number) {
    super(
      `cannot listen on ${host}:${port}: the port is in use; stop the other process or give another port (0 takes a free one)`,
    );
  }
}

export interface ListenOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: '127.0.0.1' | '::1';
}

/** An HTTP endpoint for every embedded service: `AWS_ENDPOINT_URL=<url>`. */
export interface HttpEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** Longest request body; DynamoDB takes the largest requests of all services, 16 MiB. */
const maxBodyBytes = 16 * 1024 * 1024;

/**
 * Serves the dispatcher over HTTP on loopback; each request runs as an actor of the served clock.
 *
 * @throws PortInUseError
 */
export const listenHttp = async (
  dispatcher: Dispatcher,
  served: Pick<ServedClock, 'submit'>,
  options: ListenOptions,
): Promise<HttpEndpoint> => {
  const server = createServer((request, response) => {
    void answer(dispatcher, served, request, response);
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) =>
    listening.reject(error.code === 'EADDRINUSE' ? new PortInUseError(options.host, options.port) : error),
  );
  server.listen(options.port, options.host, () => listening.resolve());
  await listening.promise;
  const { port, family, address } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
};

const answer = async (
  dispatcher: Dispatcher,
  served: Pick<ServedClock, 'submit'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  try {
    const body = await readBody(request);
    if (body === undefined) {
      response.writeHead(413, { connection: 'close' }).end(`request bodies are limited to ${maxBodyBytes} bytes`);
      return;
    }
    const wire = toWireRequest(request, body);
    const answered = await served.submit(
      `http ${wire.method} ${wire.path}`,
      async () => await dispatcher.dispatch(wire, {}),
    );
    // The answer to a HEAD names the length of a body that it does not have.
    response.writeHead(answered.statusCode, { 'content-length': answered.body.byteLength, ...answered.headers });
    response.end(answered.body);
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof ActorKilledError) request.socket.destroy();
    else if (!response.headersSent) response.writeHead(500).end(describe(error));
    else request.socket.destroy();
  }
};

const describe = (error: unknown): string => {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${error.cause}` : '';
  return `${error}${cause}`;
};

const readBody = async (request: IncomingMessage): Promise<Uint8Array | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const toWireRequest = (request: IncomingMessage, body: Uint8Array): WireRequest => {
  const [path = '/', search = ''] = (request.url ?? '/').split('?');
  return {
    method: request.method ?? 'GET',
    path,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body,
  };
};
