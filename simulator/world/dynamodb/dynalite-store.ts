import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as immediate } from 'node:timers/promises';
import dynalite from 'dynalite';
import { ApiFault, type Members } from '../../api/service.ts';

/** dynalite wants a signature of this shape and does not verify it. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=embedded/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none';

/** As much of a request as dynalite looks at. */
class StoreRequest extends EventEmitter {
  readonly method = 'POST';
  readonly url = '/';
  readonly headers: Readonly<Record<string, string>>;

  constructor(operation: string) {
    super();
    this.headers = {
      authorization: authorization,
      'x-amz-date': '20000101T000000Z',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
    };
  }

  send(body: string): void {
    this.emit('data', Buffer.from(body));
    this.emit('end');
  }
}

/** As much of a response as dynalite writes to. */
class StoreResponse {
  statusCode = 200;
  readonly #ended: (response: StoreResponse, body: string) => void;

  constructor(ended: (response: StoreResponse, body: string) => void) {
    this.#ended = ended;
  }

  setHeader(): void {}

  end(body = ''): void {
    this.#ended(this, body);
  }
}

/** One DynamoDB, called without a socket. */
export class DynaliteStore {
  readonly #server: ReturnType<typeof dynalite>;

  /** @param folder where its items are; left out, they are in memory */
  constructor(folder?: string) {
    this.#server = dynalite({ createTableMs: 0, ...(folder !== undefined && { path: folder }) });
  }

  /** @throws ApiFault with DynamoDB's error */
  async call(operation: string, input: Members): Promise<Members> {
    const { statusCode, body } = await this.#exchange(operation, JSON.stringify(input));
    const answer: unknown = JSON.parse(body);
    const members = (typeof answer === 'object' && answer !== null ? answer : {}) as Members;
    if (statusCode === 200) return members;
    const { __type: type, message, Message, ...details } = members;
    const code = String(type).split('#').at(-1) ?? 'InternalServerError';
    throw new ApiFault(code, statusCode, String(message ?? Message ?? ''), details);
  }

  /** Creates a table and waits, in real but brief time, until it is active. */
  async createTable(input: Members): Promise<void> {
    await this.call('CreateTable', input);
    for (;;) {
      const { Table } = await this.call('DescribeTable', { TableName: input.TableName });
      if ((Table as Members).TableStatus === 'ACTIVE') return;
      await immediate();
    }
  }

  async #exchange(operation: string, body: string): Promise<{ readonly statusCode: number; readonly body: string }> {
    const request = new StoreRequest(operation);
    return await new Promise((resolve) => {
      const response = new StoreResponse(({ statusCode }, text) => resolve({ statusCode, body: text }));
      this.#server.emit('request', request as unknown as IncomingMessage, response as unknown as ServerResponse);
      request.send(body);
    });
  }
}
