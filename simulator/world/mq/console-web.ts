import type { HttpAnswer, HttpRequest } from '../../../functions/runtime/http-request.ts';
import { ConnectionError } from '../../api/connection-error.ts';
import { basicCredentials } from '../basic-credentials.ts';
import type { FindWebHost, WebHost } from '../web-hosts.ts';
import { consolePort, instanceCount, instanceHost } from './broker-endpoints.ts';
import type { BrokerRecord } from './broker-record.ts';
import type { BrokerRegistry } from './broker-registry.ts';
import { queuesPage, subscribersPage } from './console-pages.ts';

/** Finds the web console of an ActiveMQ broker's instance. */
export const findConsole =
  (registry: BrokerRegistry): FindWebHost =>
  (hostname, port) => {
    for (const record of registry.all()) {
      if (record.engineType !== 'ActiveMQ') continue;
      for (let instance = 1; instance <= instanceCount(record); instance++) {
        if (instanceHost(record, instance) === hostname) return consoleWeb(record, instance, port);
      }
    }
    return undefined;
  };

const consoleWeb = (record: BrokerRecord, instance: number, port: number): WebHost => ({
  region: record.region,
  service: 'activemq-console',
  resourceOf: (path) => path,
  answer: (request) => {
    // Where clients are refused, so are the console's users; docs/amazon-mq.md 14.
    if (instance !== 1 || port !== consolePort || record.dataPlane?.acceptsClients !== true) {
      throw new ConnectionError('ECONNREFUSED', `nothing listens on ${instanceHost(record, instance)}:${port}`);
    }
    return answerConsole(record, request);
  },
  failureBody: (code, message) => `<html><body><h2>${code}</h2>${message}</body></html>`,
  truncatedBody: '\n\n<queues>\n\n<queue name="trunc',
});

const answerConsole = (record: BrokerRecord, { method, path, headers }: HttpRequest): HttpAnswer => {
  const { username, password } = basicCredentials(headers);
  const user = record.users.get(username)?.current;
  if (user?.password !== password || !user.consoleAccess) {
    return { status: 401, body: '<html><body><h2>HTTP ERROR 401 Unauthorized</h2></body></html>' };
  }
  const [page] = path.split('?');
  if (method === 'GET' && page === '/admin/xml/queues.jsp') {
    return { status: 200, body: queuesPage(record.dataPlane?.queueStatistics() ?? new Map()) };
  }
  if (method === 'GET' && page === '/admin/xml/subscribers.jsp') {
    return { status: 200, body: subscribersPage(record.durableSubscriptions) };
  }
  return { status: 501, body: `the embedded console does not model ${method} ${path}` };
};
