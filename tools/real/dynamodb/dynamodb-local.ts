import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../free-ports.ts';
import { dynamoDbLocal } from '../programs.ts';
import { waitUntil } from '../wait-until.ts';

/** It answers some three seconds after its start; a busy host needs longer. */
const startPatienceMs = 60_000;

/** It has nothing to save: its tables are in memory. */
const stopPatienceMs = 10_000;

/** Half a million small items in memory need some hundred megabytes. */
const heap = '-Xmx1g';

/** Where DynamoDB Local listens, and whose tables are meant: it has others for other keys and other Regions. */
export interface DynamoDbLocalAccess {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** DynamoDB Local on a free loopback port, with its tables in memory; ended by the process id it was started with. */
export class DynamoDbLocal {
  readonly access: DynamoDbLocalAccess;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(access: DynamoDbLocalAccess, folder: string, child: ChildProcess) {
    this.access = access;
    this.#folder = folder;
    this.#process = child;
  }

  /** Starts it. @throws Error saying how to install it, or with the end of its log when it does not come up */
  static async start(): Promise<DynamoDbLocal> {
    if (!existsSync(dynamoDbLocal.folder)) {
      throw new Error(
        `DynamoDB Local is not installed in ${dynamoDbLocal.folder}. Run "npm run real:install -- --only dynamodb-local"`,
      );
    }
    const folder = await mkdtemp(join(tmpdir(), 'mq-dr-dynamodb-'));
    const log = openSync(join(folder, 'log'), 'a');
    const [port = 0] = await freePorts(1);
    const java = [heap, `-Djava.library.path=${dynamoDbLocal.folder}`, '-cp', join(dynamoDbLocal.folder, '*')];
    const settings = ['-inMemory', '-disableTelemetry', '-port', String(port)];
    const child = spawn('java', [...java, dynamoDbLocal.mainClass, ...settings], {
      cwd: folder,
      stdio: ['ignore', log, log],
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' },
    });
    child.once('error', () => {});
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const local = new DynamoDbLocal({ endpoint: `http://127.0.0.1:${port}`, credentials }, folder, child);
    try {
      await waitUntil('an answer of DynamoDB Local', startPatienceMs, async () => {
        // It answers a GET with an error, which is an answer.
        await fetch(local.access.endpoint);
        return true;
      });
    } catch (error) {
      const text = (await readFile(join(folder, 'log'), 'utf8').catch(() => 'no log')).slice(-2_000);
      await local.stop();
      throw new Error(`${String(error)}; its log ends with: ${text}`, { cause: error });
    }
    return local;
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await waitUntil('end of DynamoDB Local', stopPatienceMs, async () =>
        child.exitCode === null && child.signalCode === null ? undefined : true,
      );
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
