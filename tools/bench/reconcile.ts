import { loadavg } from 'node:os';
import { reconciliationFunctions } from '../../infra/functions/reconciliation.ts';
import { lambdaHeapOptions } from './lambda-heap.ts';
import { isProcessed, numbersTo, scene } from './reconcile/backlog.ts';
import { type CheckedScan, checkRepair, checkScan, mustBe } from './reconcile/check-results.ts';
import { fastestOf, figuresOf, type RoundSeconds } from './reconcile/figures.ts';
import { RealPrograms } from './reconcile/real-programs.ts';
import { allProcessed } from './reconcile/reconciling.ts';
import { WorkerProcess } from './reconcile/worker-process.ts';

/**
 * Memory of the function in whose heap scan and repair are measured. The deployed ones have more, for the share of the
 * processor that comes with it; a larger heap would be collected later and say less about what is kept.
 */
const functionMiB = 256;

const measuringFunction = (): WorkerProcess => new WorkerProcess(lambdaHeapOptions(functionMiB));

/** Memory of the functions that scan and repair; time is measured in a heap like theirs. */
const deployedMiB = (): number => {
  const memoryMiB = reconciliationFunctions.find(({ name }) => name === 'scan-queues')?.memoryMiB;
  if (memoryMiB === undefined) throw new TypeError('scan-queues has no memory of its own any more');
  return memoryMiB;
};

/** One run of the bench on its broker and its ledger. */
class ReconcileBench {
  readonly #programs: RealPrograms;
  readonly #messages: number;
  readonly #report: (text: string) => void;
  /** Messages that scans should have seen and did not. */
  unseen = 0;

  constructor(programs: RealPrograms, messages: number, report: (text: string) => void) {
    this.#programs = programs;
    this.#messages = messages;
    this.#report = report;
  }

  /** Peaks of resident memory of processes that do nothing but scan, or repair, a queue of so many messages. */
  async memory(messages: number): Promise<{ readonly scan: number; readonly repair: number }> {
    this.#report(`memory with ${messages} messages`);
    await this.#programs.fillQueue(messages);
    await using scanner = measuringFunction();
    const scan = await this.#scan(scanner, messages);
    await using repairer = measuringFunction();
    const repair = await this.#repair(repairer, messages, scan);
    return { scan: scan.peakRssMiB, repair: repair.peakRssMiB };
  }

  /** Goes through a queue for each figure, so that each finds the queue full and in order. */
  async round(worker: WorkerProcess, name: string): Promise<RoundSeconds> {
    const messages = this.#messages;
    const { access } = this.#programs;
    this.#report(`${name}: scan`);
    await this.#programs.fillQueue(messages);
    const scan = await this.#scan(worker, messages);
    this.#report(`${name}: bare lookups`);
    const lookups = await worker.perform('lookups', access, messages);
    mustBe('the number of items found', lookups.result, 2 * numbersTo(messages).filter(isProcessed).length);
    this.#report(`${name}: bare drain`);
    const drain = await this.#drain(worker, scene.queue, messages);
    this.#report(`${name}: repair`);
    await this.#programs.fillQueue(messages);
    const repair = await this.#repair(worker, messages, scan);
    this.#report(`${name}: removal`);
    await this.#programs.fillQueue(messages);
    const everything = await allProcessed(access, messages);
    const removal = await this.#repair(worker, messages, { result: everything });
    return {
      scan: scan.seconds,
      lookups: lookups.seconds,
      drain: drain.seconds,
      repair: repair.seconds,
      removal: removal.seconds,
    };
  }

  async #scan(worker: WorkerProcess, messages: number) {
    const scan = await worker.perform('scan', this.#programs.access);
    this.unseen += checkScan(scan.result, messages);
    return scan;
  }

  /** Repairs, and empties queue and quarantine afterwards. */
  async #repair(worker: WorkerProcess, messages: number, { result: manifest }: CheckedScan) {
    const repair = await worker.perform('repair', this.#programs.access, manifest);
    const { removed } = repair.result;
    this.unseen += checkRepair(repair.result, manifest);
    await using cleaner = new WorkerProcess();
    await this.#drain(cleaner, scene.queue, messages - removed);
    await this.#drain(cleaner, scene.quarantine, removed);
    return repair;
  }

  #drain(worker: WorkerProcess, queue: string, expected: number) {
    return worker.perform('drain', this.#programs.access, queue, expected);
  }
}

const syntheticPeak = async (syntheticMessages: number): Promise<number> => {
  await using worker = measuringFunction();
  const { result, peakRssMiB } = await worker.perform('synthetic', syntheticMessages);
  mustBe('the number of messages that a synthetic scan missed', checkScan(result, syntheticMessages), 0);
  return peakRssMiB;
};

/**
 * Measures scan and repair of a queue on a real broker, with the ledger in DynamoDB Local, against a bare drain of the
 * same queue and bare lookups of the same keys, in turns. Every result is checked.
 *
 * @param size `messages` in the queue, of 1 KiB each, of which three of ten are processed; `syntheticMessages` of one that
 * exists only while it is scanned; `rounds`, of which the shortest is the figure: the first also warms the Java programs
 * @returns as `figuresOf`; `unseen`, messages that scans and repairs did not get to see, 0 where the scan is right; and
 * `hostLoad`, how many processes wanted a processor in the minute before: above 0.5 figures say more about the others
 * @throws Error when a program is not installed, or when a scan or a repair does what it should not
 */
export const benchReconcile = async (
  size: { readonly messages: number; readonly syntheticMessages: number; readonly rounds: number },
  onProgress: (text: string) => void,
): Promise<Readonly<Record<string, number>>> => {
  const { messages } = size;
  const [hostLoad = 0] = loadavg();
  onProgress(`${size.syntheticMessages} ids`);
  const synthetic = await syntheticPeak(size.syntheticMessages);
  onProgress('starting ActiveMQ and DynamoDB Local');
  await using programs = await RealPrograms.open(messages);
  const bench = new ReconcileBench(programs, messages, onProgress);
  const small = await bench.memory(Math.ceil(messages / 10));
  const large = await bench.memory(messages);
  await using worker = new WorkerProcess(lambdaHeapOptions(deployedMiB()));
  const rounds: RoundSeconds[] = [];
  while (rounds.length < size.rounds) {
    rounds.push(await bench.round(worker, `round ${rounds.length + 1} of ${size.rounds}`));
  }
  const processed = numbersTo(messages).filter(isProcessed).length;
  const peaks = {
    scan: large.scan,
    scanOfTenth: small.scan,
    repair: large.repair,
    repairOfTenth: small.repair,
    synthetic,
  };
  return {
    ...figuresOf(messages, processed, fastestOf(rounds), peaks),
    unseen: bench.unseen,
    hostLoad,
  };
};
