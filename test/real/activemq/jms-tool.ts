import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { TestBroker } from '../../../tools/real/activemq/test-broker.ts';
import { activeMq } from '../../../tools/real/programs.ts';

/** A message as an OpenWire client sent or received it. Times are milliseconds since the Unix epoch; 0 is none. */
export interface JmsMessage {
  readonly id: string;
  readonly kind: 'text' | 'bytes' | 'map' | 'stream' | 'object' | 'plain';
  /** Text, a list of typed values, or a hash. */
  readonly body: string;
  readonly correlationId: string | null;
  readonly type: string | null;
  readonly replyTo: string | null;
  readonly priority: number;
  /** 2 is persistent. */
  readonly mode: number;
  readonly timestamp: number;
  readonly expiration: number;
  readonly redeliveries: number;
  readonly groupSequence: number;
  readonly group: string | null;
  /** Sorted, with their types. */
  readonly properties: string;
}

/** Everything that JMS tells of a message but where it is; the names are KindsTool's. */
export type KnownMessage = JmsMessage & Readonly<Record<string, unknown>>;

const run = promisify(execFile);

const smallHeap = '-Xmx256m';

/** For messages of 90 MiB, of which a JMS client has several copies. */
const largeHeap = '-Xmx1g';

const sources = join(import.meta.dirname, 'jms');

const jars = join(activeMq.folder, activeMq.packaging === 'distribution' ? join('lib', '*') : '*');

/** From 6.0 on ActiveMQ has JMS under its newer name. */
const jmsPackage = Number(activeMq.version.split('.')[0]) >= 6 ? 'jakarta.jms' : 'javax.jms';

/** A consumer that lives until it is told to end. */
export interface LiveConsumer {
  /** What it has received so far. */
  readonly received: readonly JmsMessage[];
  /** Ends it as an application does. */
  end(): Promise<void>;
}

/** The OpenWire client of the distribution, by a small program that is compiled for the tests. */
export class JmsTool {
  readonly #broker: TestBroker;
  readonly #folder: string;

  private constructor(broker: TestBroker, folder: string) {
    this.#broker = broker;
    this.#folder = folder;
  }

  /** Compiles the program against the distribution's jars. @throws Error of the compiler */
  static async compile(broker: TestBroker): Promise<JmsTool> {
    const folder = await mkdtemp(join(tmpdir(), 'mq-dr-jms-'));
    const programs = ['JmsTool.java', 'KindsTool.java'].map((name) => join(folder, name));
    for (const program of programs) {
      const source = await readFile(join(sources, basename(program)), 'utf8');
      await writeFile(program, source.replaceAll('javax.jms', jmsPackage));
    }
    await run('javac', ['-cp', jars, '-d', folder, ...programs]);
    return new JmsTool(broker, folder);
  }

  /** Sends messages of every JMS kind, numbered from `first`; gives them as sent. */
  async produce(
    queue: string,
    {
      count,
      first,
      groups = false,
      persistent = false,
    }: {
      readonly count: number;
      readonly first: number;
      readonly groups?: boolean;
      /** Whether all of them are; by default one of 50 is not. */
      readonly persistent?: boolean;
    },
  ): Promise<readonly JmsMessage[]> {
    const options = [...(groups ? ['groups'] : []), ...(persistent ? ['persistent'] : [])];
    return await this.#lines<JmsMessage>('JmsTool', ['produce', queue, String(count), String(first), ...options]);
  }

  /** Consumes everything in transactions; waits for so many messages, and notices more. */
  async drain(queue: string, count: number): Promise<readonly JmsMessage[]> {
    return await this.#lines<JmsMessage>('JmsTool', ['drain', queue, String(count)]);
  }

  /**
   * Sends one message of each kind, with each type of entry and of property, and headers of each sort; with `compressed`
   * the same compressed. Gives how many.
   */
  async sendKinds(queue: string, options: { readonly compressed?: boolean } = {}): Promise<number> {
    const switches = options.compressed === true ? ['compressed'] : [];
    return (await this.#lines('KindsTool', ['send', queue, ...switches])).length;
  }

  /** Sends bytes messages of these sizes. */
  async sendSizes(queue: string, sizes: readonly number[]): Promise<void> {
    await this.#lines('KindsTool', ['sizes', queue, ...sizes.map(String)], largeHeap);
  }

  /** Sends a text that the broker keeps for so long before it is in the queue. */
  async sendDelayed(queue: string, delayMs: number): Promise<void> {
    await this.#lines('KindsTool', ['delayed', queue, String(delayMs)]);
  }

  /** Sends a stream message with bytes in it, which the broker cannot convert to AMQP. */
  async sendStreamOfBytes(queue: string): Promise<void> {
    await this.#lines('KindsTool', ['streamOfBytes', queue]);
  }

  /** Sends a text that expires; gives its id. */
  async sendExpiring(queue: string, timeToLiveMs: number): Promise<readonly string[]> {
    const sent = await this.#lines<{ readonly id: string }>('KindsTool', ['expiring', queue, String(timeToLiveMs)]);
    return sent.map(({ id }) => id);
  }

  /** Everything that JMS tells of the messages of a queue, in order, without consuming them; of the first 400. */
  async browseKinds(queue: string): Promise<readonly KnownMessage[]> {
    return await this.#lines<KnownMessage>('KindsTool', ['browse', queue], largeHeap);
  }

  /** Everything that JMS tells of so many messages of a queue, which are consumed; and of more if there are more. */
  async readKinds(queue: string, count: number): Promise<readonly KnownMessage[]> {
    return await this.#lines<KnownMessage>('KindsTool', ['read', queue, String(count)], largeHeap);
  }

  /** Starts a consumer that takes one message after the other; resolves when it is attached. It has one more in hand. */
  async consumeSlowly(queue: string, pauseMs: number): Promise<LiveConsumer> {
    const child = this.#spawn('JmsTool', ['hold', queue, String(pauseMs)]);
    const received: JmsMessage[] = [];
    const attached = Promise.withResolvers<void>();
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.once('exit', (code) => attached.reject(new Error(`the consumer ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const read = JSON.parse(line) as JmsMessage | { readonly attached: true };
      if ('attached' in read) attached.resolve();
      else received.push(read);
    });
    await attached.promise;
    attached.promise.catch(() => {});
    return {
      received,
      end: async () => {
        child.stdin.end('\n');
        await ended;
      },
    };
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #lines<T>(main: string, args: readonly string[], heap = smallHeap): Promise<readonly T[]> {
    const child = this.#spawn(main, args, heap);
    child.stdin.end();
    const lines: T[] = [];
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let problems = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      problems += text;
    });
    for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line) as T);
    const code = await ended;
    if (code !== 0) throw new Error(`${main} ${args.join(' ')} ended with ${code}: ${problems.slice(-2_000)}`);
    return lines;
  }

  #spawn(
    main: string,
    args: readonly string[],
    heap = smallHeap,
  ): ChildProcess & {
    readonly stdin: NonNullable<ChildProcess['stdin']>;
    readonly stdout: NonNullable<ChildProcess['stdout']>;
    readonly stderr: NonNullable<ChildProcess['stderr']>;
  } {
    const { openWireUrl, credentials } = this.#broker;
    const classPath = [this.#folder, jars].join(':');
    return spawn('java', [heap, '-cp', classPath, main, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        MQ_DR_OPENWIRE_URL: openWireUrl,
        MQ_DR_USER: credentials.username,
        MQ_DR_PASSWORD: credentials.password,
      },
    });
  }
}
