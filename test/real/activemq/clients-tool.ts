import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RealBroker } from '../../../tools/real/activemq/real-broker.ts';
import { activeMq, messagingClients } from '../../../tools/real/programs.ts';

const run = promisify(execFile);

/** A message as a JMS client shows it; properties as `Type:value`, the body in hexadecimal digits. */
export interface ShownMessage {
  readonly id: string;
  readonly correlationId: string | null;
  readonly timestamp: number;
  readonly kind: 'text' | 'bytes' | 'other';
  readonly body: string;
  readonly properties: Readonly<Record<string, string | null>>;
}

const classPath = (folder: string): string =>
  [folder, join(messagingClients.folder, '*'), join(activeMq.folder, `activemq-all-${activeMq.version}.jar`)].join(':');

/** JMS clients of OpenWire and of AMQP (Qpid), and a producer of MQTT, by a small program that is compiled for the tests. */
export class ClientsTool {
  readonly #broker: RealBroker;
  readonly #folder: string;

  private constructor(broker: RealBroker, folder: string) {
    this.#broker = broker;
    this.#folder = folder;
  }

  /** @throws Error of the compiler */
  static async compile(broker: RealBroker): Promise<ClientsTool> {
    const folder = await mkdtemp(join(tmpdir(), 'mq-dr-clients-'));
    const source = join(import.meta.dirname, 'jms', 'ClientsTool.java');
    await run('javac', ['-nowarn', '-cp', classPath(folder), '-d', folder, source]);
    return new ClientsTool(broker, folder);
  }

  /** Sends a text and bytes with properties of every type; MQTT sends one message, and knows neither id nor properties. */
  async send(client: 'openwire' | 'qpid' | 'mqtt', destination: string): Promise<void> {
    await this.#run('send', client, [destination]);
  }

  /** Consumes so many messages. */
  async read(client: 'openwire' | 'qpid', destination: string, count: number): Promise<readonly ShownMessage[]> {
    const lines = await this.#run('read', client, [destination, String(count)]);
    return lines.map((line) => JSON.parse(line) as ShownMessage);
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(
    command: string,
    client: 'openwire' | 'qpid' | 'mqtt',
    rest: readonly string[],
  ): Promise<readonly string[]> {
    const { openWireUrl, amqpUrl, mqttUrl, credentials } = this.#broker;
    const url = { openwire: openWireUrl, qpid: amqpUrl, mqtt: mqttUrl }[client];
    const { stdout } = await run(
      'java',
      ['-Xmx256m', '-cp', classPath(this.#folder), 'ClientsTool', command, client, url, ...rest],
      {
        env: {
          PATH: process.env.PATH ?? '',
          MQ_DR_USER: credentials.username,
          MQ_DR_PASSWORD: credentials.password,
        },
      },
    );
    return stdout.split('\n').filter((line) => line !== '');
  }
}
