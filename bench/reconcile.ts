import { loadavg } from 'node:os';
import type { QueueScan } from '../functions/reconciliation/manifest.ts';
import type { QueueRepair } from '../functions/reconciliation/repair-queue.ts';
import { lambdaHeapOptions } from './lambda-heap.ts';
import { isProcessed, numbersTo, scene } from './reconcile/backlog.ts';
import { type FastestSeconds, fastestOf, figuresOf, type PeakRssMiB } from './reconcile/figures.ts';
import { allProcessed } from './reconcile/reconciling.ts';
import { Stage } from './reconcile/stage.ts';
import { WorkerProcess } from './reconcile/worker-process.ts';

/** The shortest of so many rounds is the figure; the first one also warms the two Java programs. */
const roundCount = 3;

/** Messages of the queue that exists only while it is gone through. */
const syntheticMessages = 1_000_000;

/**
 * Memory of the function in whose heap scan and repair are measured. The deployed ones have more, for the share of the
 * processor that comes with it; a larger heap would be collected later and say less about what is kept.
 */
const functionMiB = 256;

const processedOf = (messages: number): number => numbersTo(messages).filter(isProcessed).length;

/** What is quick because it does something else is no figure. @throws Error */
const mustBe = (what: string, found: unknown, expected: unknown): void => {
  const [is, shouldBe] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== shouldBe) throw new Error(`${what} is ${is} and should be ${shouldBe}: nothing that it took is a figure`);
};

const checkScan = ({ counts, complete, findings }: QueueScan, messages: number): void => {
  const processed = processedOf(messages);
  const expected = { processed, unprocessed: messages - processed, uncertain: 0, expired: 0 };
  mustBe(`the scan's count (${JSON.stringify(findings)})`, { ...counts, complete }, { ...expected, complete: true });
};

const checkRepair = ({ removed, complete, findings }: QueueRepair, expected: number): void => {
  mustBe(
    `what the repair removed (${JSON.stringify(findings)})`,
    { removed, complete },
    { removed: expected, complete: true },
  );
};

type Report = (text: string) => void;

/** Goes through a queue for each figure, so that each finds the queue full and in order. */
const round = async (
  stage: Stage,
  worker: WorkerProcess,
  messages: number,
  report: Report,
): Promise<FastestSeconds> => {
  const { access } = stage;
  const { queue, quarantine } = scene;
  const processed = processedOf(messages);
  const drain = (name: string, expected: number) => worker.perform('drain', { ...access, queue: name, expected });

  report('scan');
  await stage.fillQueue(messages);
  const scan = await worker.perform('scan', access);
  checkScan(scan.result, messages);

  report('bare lookups');
  const lookups = await worker.perform('lookups', { ...access, messages });
  mustBe('the number of items found', lookups.result, 2 * processed);

  report('bare drain');
  const drained = await drain(queue, messages);

  report('repair');
  await stage.fillQueue(messages);
  const repair = await worker.perform('repair', { ...access, manifest: scan.result });
  checkRepair(repair.result, processed);
  await drain(queue, messages - processed);
  await drain(quarantine, processed);

  report('removal');
  await stage.fillQueue(messages);
  const removal = await worker.perform('repair', { ...access, manifest: await allProcessed(access, messages) });
  checkRepair(removal.result, messages);
  await drain(quarantine, messages);

  return {
    scan: scan.seconds,
    lookups: lookups.seconds,
    drain: drained.seconds,
    repair: repair.seconds,
    removal: removal.seconds,
  };
};

/** Peaks of processes that scan and repair nothing but one queue. */
const memoryOf = async (
  stage: Stage,
  messages: number,
): Promise<{ readonly scan: number; readonly repair: number }> => {
  const { access } = stage;
  await stage.fillQueue(messages);
  await using scanner = new WorkerProcess(lambdaHeapOptions(functionMiB));
  const scan = await scanner.perform('scan', access);
  checkScan(scan.result, messages);
  await using repairer = new WorkerProcess(lambdaHeapOptions(functionMiB));
  const repair = await repairer.perform('repair', { ...access, manifest: scan.result });
  checkRepair(repair.result, processedOf(messages));
  await using cleaner = new WorkerProcess();
  const { removed } = repair.result;
  await cleaner.perform('drain', { ...access, queue: scene.queue, expected: messages - removed });
  await cleaner.perform('drain', { ...access, queue: scene.quarantine, expected: removed });
  return { scan: scan.peakRssMiB, repair: repair.peakRssMiB };
};

const syntheticPeak = async (): Promise<number> => {
  await using worker = new WorkerProcess(lambdaHeapOptions(functionMiB));
  const { result, peakRssMiB } = await worker.perform('synthetic', { messages: syntheticMessages });
  checkScan(result, syntheticMessages);
  return peakRssMiB;
};

/**
 * Measures scan and repair of a queue on a real broker, with the ledger in DynamoDB Local, against a bare drain of the
 * same queue and bare lookups of the same keys, in turns. Every result is checked.
 *
 * @param messages in the queue, of 1 KiB each; three of ten are processed
 * @returns as `figuresOf`, and `hostLoad`, how many processes wanted a processor in the minute before
 * @throws Error when a program is not installed, or when a scan or repair does not do what it should
 */
export const benchReconcile = async (
  messages: number,
  onProgress: Report,
): Promise<Readonly<Record<string, number>>> => {
  const [hostLoad = 0] = loadavg();
  onProgress('a million ids');
  const synthetic = await syntheticPeak();
  onProgress('starting ActiveMQ and DynamoDB Local');
  await using stage = await Stage.open(messages);
  const tenth = Math.ceil(messages / 10);
  onProgress(`memory with ${tenth} messages`);
  const small = await memoryOf(stage, tenth);
  onProgress(`memory with ${messages} messages`);
  const large = await memoryOf(stage, messages);
  const peaks: PeakRssMiB = {
    scan: large.scan,
    scanOfTenth: small.scan,
    repair: large.repair,
    repairOfTenth: small.repair,
    synthetic,
  };
  await using worker = new WorkerProcess();
  const rounds: FastestSeconds[] = [];
  while (rounds.length < roundCount) {
    const number = rounds.length + 1;
    rounds.push(
      await round(stage, worker, messages, (text) => onProgress(`round ${number} of ${roundCount}: ${text}`)),
    );
  }
  return { ...figuresOf(messages, processedOf(messages), fastestOf(rounds), peaks), hostLoad };
};
