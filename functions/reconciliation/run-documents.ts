import * as z from 'zod/mini';
import { NotFound, UnexpectedAnswer } from '../runtime/errors.ts';
import { readScannedQueue, type ScannedQueue } from './manifest.ts';
import { type QueueRepair, readQueueRepair } from './repair-queue.ts';
import type { TextStore } from './text-store.ts';

const queueListSchema = z.array(z.string());

/**
 * What one execution keeps between its steps: the list of queues and a document for each queue that was scanned.
 * A step that is tried again writes the same documents again.
 */
export class RunDocuments {
  readonly #store: TextStore;
  readonly #prefix: string;

  /** @param execution name of the execution, or its ARN */
  constructor(store: TextStore, pair: string, execution: string) {
    this.#store = store;
    this.#prefix = `runs/${pair}/${execution.split(':').at(-1) ?? execution}/`;
  }

  /** Of the keys under which the parts of a queue's lines are stored. */
  linesPrefix(step: 'scan' | 'repair', index: number): string {
    return `${this.#prefix}${step}-${index}-`;
  }

  async putQueues(queues: readonly string[]): Promise<void> {
    await this.#put('queues', queues);
  }

  /** @throws NotFound when the step before has left none, UnexpectedAnswer */
  async queues(): Promise<readonly string[]> {
    const { text, key } = await this.#get('queues');
    const result = queueListSchema.safeParse(JSON.parse(text));
    if (result.success) return result.data;
    throw new UnexpectedAnswer(`${key} is not a list of queues`, { key });
  }

  async putScan(index: number, scan: ScannedQueue): Promise<void> {
    await this.#put(`scan-${index}`, scan);
  }

  /** @throws as `queues` */
  async scan(index: number): Promise<ScannedQueue> {
    const { text, key } = await this.#get(`scan-${index}`);
    return readScannedQueue(text, key);
  }

  async putRepair(index: number, repair: QueueRepair): Promise<void> {
    await this.#put(`repair-${index}`, repair);
  }

  /** Repairs of the first `queues` queues. @throws as `queues` */
  async repairs(queues: number): Promise<readonly QueueRepair[]> {
    const repairs: QueueRepair[] = [];
    for (let index = 0; index < queues; index += 1) {
      const { text, key } = await this.#get(`repair-${index}`);
      repairs.push(readQueueRepair(text, key));
    }
    return repairs;
  }

  async #put(name: string, document: unknown): Promise<void> {
    await this.#store.put(`${this.#prefix}${name}.json`, `${JSON.stringify(document)}\n`);
  }

  async #get(name: string): Promise<{ readonly text: string; readonly key: string }> {
    const key = `${this.#prefix}${name}.json`;
    const text = await this.#store.get(key);
    if (text === undefined) throw new NotFound(`the run has no document ${key}: start a new run`, { key });
    return { text, key };
  }
}
