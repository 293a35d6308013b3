import { connect } from 'node:net';
import type { RealBroker } from '../../../tools/real/activemq/real-broker.ts';

/** Sends messages by STOMP, each confirmed. @throws Error with what the broker says instead of a receipt */
export const sendStomp = async (
  { stompPort, credentials }: Pick<RealBroker, 'stompPort' | 'credentials'>,
  queue: string,
  messages: readonly { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }[],
): Promise<void> => {
  const socket = connect({ host: '127.0.0.1', port: stompPort, noDelay: true });
  const frame = (
    command: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer = Buffer.alloc(0),
  ): Buffer => {
    const lines = [command, ...Object.entries(headers).map(([name, value]) => `${name}:${value}`)];
    return Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`), body, Buffer.from([0])]);
  };
  let received = '';
  const done = Promise.withResolvers<void>();
  const last = `receipt-id:${messages.length - 1}\n`;
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    received += text;
    if (received.includes(last)) done.resolve();
    if (received.includes('ERROR\n')) done.reject(new Error(`STOMP: ${received.slice(0, 500)}`));
  });
  socket.on('error', done.reject);
  socket.on('close', () => done.reject(new Error('STOMP: the connection was closed')));
  const { username, password } = credentials;
  socket.write(frame('CONNECT', { 'accept-version': '1.2', host: 'x', login: username, passcode: password }));
  for (const [index, { headers, body }] of messages.entries()) {
    socket.write(frame('SEND', { destination: `/queue/${queue}`, receipt: String(index), ...headers }, body));
  }
  await done.promise;
  socket.destroy();
};
