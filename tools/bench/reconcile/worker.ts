import { worker } from 'workerpool';
import type { ScannedQueue } from '../../../functions/reconciliation/manifest.ts';
import type { Measured } from './measured.ts';
import type { Access } from './reconciling.ts';

/** A result as it was measured. */
interface MeasuredWithMemory<T> extends Measured<T> {
  /** The most resident memory that the process has had so far, in MiB. */
  readonly peakRssMiB: number;
}

const withMemory = <T>(measured: Measured<T>): MeasuredWithMemory<T> => ({
  ...measured,
  peakRssMiB: process.resourceUsage().maxRSS / 1_024,
});

/** What the measuring process can do. It loads only what a task needs, because its memory is measured too. */
const tasks = {
  scan: async (access: Access) => withMemory(await (await import('./reconciling.ts')).scan(access)),
  repair: async (access: Access, manifest: ScannedQueue) =>
    withMemory(await (await import('./reconciling.ts')).repair(access, manifest)),
  drain: async ({ broker }: Access, queue: string, expected: number) =>
    withMemory(await (await import('./bare-drain.ts')).drainBare(broker, queue, expected)),
  lookups: async ({ ledger }: Access, messages: number) =>
    withMemory(await (await import('./bare-lookups.ts')).lookUpBare(ledger, messages)),
  synthetic: async (messages: number) =>
    withMemory(await (await import('./synthetic-scan.ts')).scanSynthetic(messages, Date.now())),
};

export type Tasks = typeof tasks;

worker(tasks);
