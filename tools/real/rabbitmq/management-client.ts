import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** Longer than any answer of a healthy broker on loopback takes, an import of 10,000 policies included. */
const answerTimeoutMs = 90_000;

/** A plain client of RabbitMQ's management API for the tests' own wishes: the code under test has its own. */
export class ManagementClient {
  readonly origin: string;
  readonly #authorization: string;

  constructor(origin: string, { username, password }: { readonly username: string; readonly password: string }) {
    this.origin = origin;
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  /** @throws Error for any status but 200 */
  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.#send('GET', path)) as T;
  }

  /** @throws Error for any status that is no success */
  async put(path: string, body: object): Promise<void> {
    await this.#send('PUT', path, body);
  }

  /** @throws Error for any status that is no success */
  async post<T>(path: string, body: object): Promise<T> {
    return JSON.parse(await this.#send('POST', path, body)) as T;
  }

  /** Imports definitions into a virtual host, which is far quicker than one request each. @throws Error as `put` */
  async importDefinitions(vhost: string, definitions: object): Promise<void> {
    await this.#send('POST', `/api/definitions/${encodeURIComponent(vhost)}`, definitions);
  }

  /** @throws Error for any status that is no success */
  async delete(path: string): Promise<void> {
    await this.#send('DELETE', path);
  }

  #send(method: string, path: string, body?: object): Promise<string> {
    return new Promise((resolve, reject) => {
      const { protocol, hostname, port } = new URL(this.origin);
      const request = protocol === 'https:' ? requestTls : requestPlain;
      const headers = { authorization: this.#authorization, 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(answerTimeoutMs);
      const outgoing = request({ method, hostname, port, path, headers, signal, agent: false }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.once('error', reject);
        incoming.once('end', () => {
          const status = incoming.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`));
        });
      });
      outgoing.once('error', reject);
      outgoing.end(body && JSON.stringify(body));
    });
  }
}
