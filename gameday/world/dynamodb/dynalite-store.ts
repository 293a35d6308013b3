import { setImmediate as immediate } from 'node:timers/promises';
import dynalite from 'dynalite';
import inject from 'light-my-request';
import { ApiFault } from '../../api/service.ts';

type Members = Readonly<Record<string, unknown>>;

/** dynalite wants a signature of this shape and does not verify it. */
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=embedded/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none';

/** One in-memory DynamoDB, called without a socket. */
export class DynaliteStore {
  readonly #server = dynalite({ createTableMs: 0 });

  /** @throws ApiFault with DynamoDB's error */
  async call(operation: string, input: Members): Promise<Members> {
    const response = await inject((request, response) => this.#server.emit('request', request, response), {
      method: 'POST',
      url: '/',
      headers: {
        authorization: AUTHORIZATION,
        'x-amz-date': '20000101T000000Z',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
      },
      payload: JSON.stringify(input),
    });
    const answer: unknown = JSON.parse(response.payload);
    const members = (typeof answer === 'object' && answer !== null ? answer : {}) as Members;
    if (response.statusCode === 200) return members;
    const { __type: type, message, Message, ...details } = members;
    const code = String(type).split('#').at(-1) ?? 'InternalServerError';
    throw new ApiFault(code, response.statusCode, String(message ?? Message ?? ''), details);
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
}
