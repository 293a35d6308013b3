import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const run = promisify(execFile);

const source = join(import.meta.dirname, 'jms', 'JmsTool.java');

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
    await run('javac', ['-cp', join(activeMq.folder, 'lib', '*'), '-d', folder, source]);
    return new JmsTool(broker, folder);
  }

  /** Sends messages of every JMS kind, numbered from `first`; gives them as sent. */
  async produce(
    queue: string,
    { count, first, groups = false }: { readonly count: number; readonly first: number; readonly groups?: boolean },
  ): Promise<readonly JmsMessage[]> {
    return await this.#lines(['produce', queue, String(count), String(first), ...(groups ? ['groups'] : [])]);
  }

  /** Consumes everything in transactions; waits for so many messages, and notices more. */
  async drain(queue: string, count: number): Promise<readonly JmsMessage[]> {
    return await this.#lines(['drain', queue, String(count)]);
  }

  /** Starts a consumer that takes one message after the other; resolves when it is attached. It has one more in hand. */
  async consumeSlowly(queue: string, pauseMs: number): Promise<LiveConsumer> {
    const child = this.#spawn(['hold', queue, String(pauseMs)]);
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

  async #lines(args: readonly string[]): Promise<readonly JmsMessage[]> {
    const child = this.#spawn(args);
    child.stdin.end();
    const messages: JmsMessage[] = [];
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let problems = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      problems += text;
    });
    for await (const line of createInterface({ input: child.stdout })) messages.push(JSON.parse(line) as JmsMessage);
    const code = await ended;
    if (code !== 0) throw new Error(`JmsTool ${args.join(' ')} ended with ${code}: ${problems.slice(-2_000)}`);
    return messages;
  }

  #spawn(args: readonly string[]): ChildProcess & {
    readonly stdin: NonNullable<ChildProcess['stdin']>;
    readonly stdout: NonNullable<ChildProcess['stdout']>;
    readonly stderr: NonNullable<ChildProcess['stderr']>;
  } {
    const { openWireUrl, credentials } = this.#broker;
    const classPath = [this.#folder, join(activeMq.folder, 'lib', '*')].join(':');
    return spawn('java', ['-Xmx256m', '-cp', classPath, 'JmsTool', ...args], {
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
