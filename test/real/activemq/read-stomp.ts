import { connect } from 'node:net';
import type { StompFrame } from '../../../functions/ledger/ledger-message.ts';
import type { RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';

const patienceMs = 10_000;

/** STOMP 1.2, "Value Encoding". */
const unescaped = (text: string): string =>
  text.replace(/\\([rnc\\])/g, (_, code: string) => ({ r: '\r', n: '\n', c: ':', '\\': '\\' })[code] ?? '');

/** Frames at the start of what was received, and what is left behind them. */
const framesOf = (received: Buffer): { readonly frames: readonly StompFrame[]; readonly rest: Buffer } => {
  const frames: StompFrame[] = [];
  let start = 0;
  for (;;) {
    while (received[start] === 0x0a) start += 1;
    const headEnd = received.indexOf('\n\n', start);
    if (headEnd === -1) break;
    const [command = '', ...lines] = received.subarray(start, headEnd).toString('utf8').split('\n');
    const headers: Record<string, string> = { command };
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = unescaped(line.slice(0, colon));
      headers[name] ??= unescaped(line.slice(colon + 1));
    }
    const bodyStart = headEnd + 2;
    const length = headers['content-length'];
    const end = length === undefined ? received.indexOf(0, bodyStart) : bodyStart + Number(length);
    if (end === -1 || end >= received.length) break;
    frames.push({ headers, body: received.subarray(bodyStart, end) });
    start = end + 1;
  }
  return { frames, rest: received.subarray(start) };
};

/** Consumes so many messages of a destination, as STOMP writes it. @throws Error with what the broker says instead */
export const readStomp = async (
  { stompPort, credentials }: Pick<RealBroker, 'stompPort' | 'credentials'>,
  destination: string,
  count: number,
): Promise<readonly StompFrame[]> => {
  const socket = connect({ host: '127.0.0.1', port: stompPort, noDelay: true });
  const messages: StompFrame[] = [];
  let received = Buffer.alloc(0);
  let refused: string | undefined;
  socket.on('error', (error) => {
    refused = String(error);
  });
  socket.on('data', (bytes: Buffer) => {
    const { frames, rest } = framesOf(Buffer.concat([received, bytes]));
    received = Buffer.from(rest);
    for (const frame of frames) {
      if (frame.headers.command === 'MESSAGE') messages.push(frame);
      if (frame.headers.command === 'ERROR') refused = `${frame.headers.message}: ${String(frame.body).slice(0, 500)}`;
    }
  });
  const { username, password } = credentials;
  socket.write(`CONNECT\naccept-version:1.2\nhost:x\nlogin:${username}\npasscode:${password}\n\n\0`);
  socket.write(`SUBSCRIBE\nid:1\nack:auto\ndestination:${destination}\n\n\0`);
  try {
    await waitUntil(`${count} messages of ${destination} by STOMP`, patienceMs, async () => {
      if (refused !== undefined) throw new Error(`STOMP: ${refused}`);
      return messages.length >= count ? true : undefined;
    });
    return messages;
  } finally {
    socket.destroy();
  }
};
