import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, openSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../free-ports.ts';
import { activeMq } from '../programs.ts';
import { waitUntil } from '../wait-until.ts';
import { type BrokerOptions, type BrokerPorts, writeConfiguration } from './broker-configuration.ts';
import type { TestBroker } from './test-broker.ts';

/** A broker is up some five seconds after its start; a busy host needs longer. */
const startPatienceMs = 60_000;

/** A broker that was told to stop closes its store first. */
const stopPatienceMs = 30_000;

/** The console as a web application needs more than the broker; both fit, and a small host has room for two. */
const defaultHeap = '1g';

const hasConsole = activeMq.packaging === 'distribution';

const jars = (): readonly string[] =>
  hasConsole ? [`activemq-all-${activeMq.version}.jar`, 'lib/*', 'lib/optional/*', 'lib/web/*', 'lib/extra/*'] : ['*'];

const main = hasConsole
  ? ['org.apache.activemq.console.Main', 'start']
  : [join(import.meta.dirname, 'BrokerMain.java')];

/** Connectors that the installed broker has, besides the one of its own protocol. */
export const connectors = (): { readonly amqp: boolean; readonly stomp: boolean; readonly mqtt: boolean } => {
  const has = (name: string): boolean =>
    hasConsole || readdirSync(activeMq.folder).some((jar) => jar.startsWith(`activemq-${name}-`));
  return { amqp: has('amqp'), stomp: has('stomp'), mqtt: has('mqtt') };
};

/** Whether something listens. */
const listens = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer: true | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(undefined));
  });

/** Apache ActiveMQ on free loopback ports, with a folder of its own; ended by the process id it was started with. */
export class RealBroker implements TestBroker {
  readonly credentials = { username: 'scanner', password: randomBytes(12).toString('hex') };
  readonly #folder: string;
  readonly #ports: BrokerPorts;
  readonly #heap: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, ports: BrokerPorts, heap: string) {
    this.#folder = folder;
    this.#ports = ports;
    this.#heap = heap;
  }

  /** Starts a broker. @throws Error saying how to install it, or with the end of its log when it does not come up */
  static async start(options: BrokerOptions = {}): Promise<RealBroker> {
    if (!existsSync(activeMq.folder)) {
      throw new Error(
        `Apache ActiveMQ is not installed in ${activeMq.folder}. Run "npm run real:install -- --only activemq", or set ` +
          'MQ_DR_WITHOUT_ACTIVEMQ=1 to leave its tests out',
      );
    }
    const folder = await mkdtemp(join(tmpdir(), 'mq-dr-activemq-'));
    const [amqp = 0, openWire = 0, stomp = 0, mqtt = 0, console = 0, openWireTls = 0] = await freePorts(6);
    const ports = { amqp, openWire, stomp, mqtt, console, openWireTls };
    const broker = new RealBroker(folder, ports, options.heap ?? defaultHeap);
    await writeConfiguration(
      { folder, home: activeMq.folder, ports, credentials: broker.credentials, connectors: connectors(), hasConsole },
      options,
    );
    await broker.startAgain().catch(async (error: unknown) => {
      await broker.stop();
      throw error;
    });
    return broker;
  }

  get amqpUrl(): string {
    return `amqp://127.0.0.1:${this.#ports.amqp}`;
  }

  get openWireUrl(): string {
    return `tcp://127.0.0.1:${this.#ports.openWire}`;
  }

  /** Origin of the web console. */
  get consoleUrl(): string {
    return `http://127.0.0.1:${this.#ports.console}`;
  }

  /** Port of the OpenWire connector with TLS, which only a broker with `tls` has. */
  get tlsPort(): number {
    return this.#ports.openWireTls;
  }

  get stompPort(): number {
    return this.#ports.stomp;
  }

  get mqttUrl(): string {
    return `tcp://127.0.0.1:${this.#ports.mqtt}`;
  }

  /** Starts the broker with the data that it has. @throws Error with the end of its log */
  async startAgain(): Promise<void> {
    const log = openSync(join(this.#folder, 'broker.log'), 'a');
    const classPath = [this.#folder, ...jars().map((jar) => join(activeMq.folder, jar))].join(':');
    const settings = {
      'activemq.home': activeMq.folder,
      'activemq.base': this.#folder,
      'activemq.conf': this.#folder,
      'activemq.data': join(this.#folder, 'data'),
      'java.io.tmpdir': this.#folder,
      'log4j2.configurationFile': join(this.#folder, 'log4j2.properties'),
    };
    const properties = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
    const configuration = `xbean:file:${join(this.#folder, 'activemq.xml')}`;
    this.#process = spawn('java', [`-Xmx${this.#heap}`, ...properties, '-cp', classPath, ...main, configuration], {
      stdio: ['ignore', log, log],
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' },
    });
    this.#process.once('error', () => {});
    try {
      for (const port of [this.#ports.openWire, ...(hasConsole ? [this.#ports.amqp, this.#ports.console] : [])]) {
        await waitUntil('the ports of ActiveMQ', startPatienceMs, () => listens(port));
      }
    } catch (error) {
      throw new Error(`${String(error)}; its log ends with: ${await this.lastLog()}`, { cause: error });
    }
  }

  /** Stops the broker as an operator does: it closes its store. */
  async shutDown(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends the broker at once, as a failing host does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The end of the broker's log. */
  async lastLog(): Promise<string> {
    return (await readFile(join(this.#folder, 'broker.log'), 'utf8').catch(() => 'no log')).slice(-2_000);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
    child.kill(signal);
    await Promise.race([
      ended,
      waitUntil('end of ActiveMQ', stopPatienceMs, async () =>
        child.exitCode === null && child.signalCode === null ? undefined : true,
      ),
    ]);
  }
}
