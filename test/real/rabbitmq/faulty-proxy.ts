import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with a request: passes it on, answers this status, or never answers. */
export type ProxyFault = 'none' | 'silence' | number;

/** A proxy in front of a management API that misbehaves on demand. */
export class FaultyProxy {
  readonly #server: Server;
  /** For each method and path; everything passes unless set. */
  faultOf: (method: string, path: string) => ProxyFault = () => 'none';

  private constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#server = createServer((incoming, outgoing) => {
      const { method = 'GET', url: path = '/', headers } = incoming;
      const fault = this.faultOf(method, path);
      if (fault === 'silence') return;
      if (fault !== 'none') {
        outgoing.writeHead(fault).end();
        return;
      }
      const passed = request({ hostname, port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.once('error', () => outgoing.destroy());
      incoming.pipe(passed);
    });
  }

  static async start(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
