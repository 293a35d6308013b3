import rhea, { type Connection, type Message } from 'rhea';
import { AmqpConnection } from '../../../functions/brokers/amqp-connection.ts';
import { runtimeFor, type ScanTarget } from './broker-access.ts';

/** A broker on loopback takes a connection within milliseconds. */
const connectTimeoutMs = 5_000;

/** A connection as an application opens it. */
export const connectAmqp = async ({ amqpUrl, credentials }: ScanTarget): Promise<Connection> => {
  const { hostname: host, port } = new URL(amqpUrl);
  const stream = await runtimeFor(amqpUrl).connect({ host, port: Number(port) }, connectTimeoutMs);
  const amqp = new AmqpConnection(stream, credentials);
  await amqp.answer((done) => amqp.connection.once('connection_open', done));
  return amqp.connection;
};

/** Sends messages, each confirmed. @throws Error when the broker refuses one */
export const sendAmqp = async (connection: Connection, queue: string, messages: readonly Message[]): Promise<void> => {
  const session = connection.create_session();
  session.begin();
  const sender = session.open_sender({ target: { address: queue } });
  let next = 0;
  let accepted = 0;
  const done = Promise.withResolvers<void>();
  sender.on('sendable', () => {
    for (let message = messages[next]; message !== undefined && sender.sendable(); message = messages[next]) {
      sender.send(message);
      next += 1;
    }
  });
  sender.on('accepted', () => {
    accepted += 1;
    if (accepted === messages.length) done.resolve();
  });
  sender.on('rejected', ({ delivery }) =>
    done.reject(new Error(`rejected: ${JSON.stringify(delivery?.remote_state)}`)),
  );
  if (messages.length > 0) await done.promise;
  sender.close();
};

const uuid = (number: number): Buffer => {
  const bytes = Buffer.alloc(16, 7);
  bytes.writeUInt32BE(number, 12);
  return bytes;
};

/** Message-ids of every type that AMQP has, and some that are awkward. */
const idOf = (number: number): unknown => {
  switch (number % 6) {
    case 0:
      return `amqp-${number}`;
    case 1:
      return rhea.types.wrap_uuid(uuid(number));
    case 2:
      return rhea.types.wrap_ulong(number);
    case 3:
      return rhea.types.wrap_binary(Buffer.from([1, 2, 3, ...uuid(number).subarray(12)]));
    case 4:
      return `ID:amqp|"quoted" '${number}'`;
    default:
      return `AMQP_STRING-like ${number}`;
  }
};

const bodyOf = (number: number): unknown => {
  switch (number % 4) {
    case 0:
      return `amqp text ${number}`;
    case 1:
      return rhea.message.data_section(Buffer.from(`amqp bytes ${number}`));
    case 2:
      return { text: `amqp map ${number}`, number };
    default:
      return ['amqp list', number];
  }
};

/** A message as AMQP applications send them, different for each number. */
export const amqpMessage = (number: number): Message =>
  ({
    message_id: idOf(number),
    body: bodyOf(number),
    durable: number % 20 !== 19,
    priority: number % 10,
    ...(number % 5 === 3 ? { correlation_id: `correlation-${number}` } : {}),
    ...(number % 10 === 6 ? { ttl: 86_400_000 } : {}),
    ...(number % 4 === 2 ? { subject: `type-${number % 3}` } : {}),
    creation_time: 1_790_000_000_000 + number,
    application_properties: { number, text: `p ${number}`, yes: number % 2 === 0, real: number / 3 },
    message_annotations: { 'x-opt-mine': `annotation ${number}` },
  }) as unknown as Message;
