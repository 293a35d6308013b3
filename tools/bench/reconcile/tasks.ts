import type { QueueScan } from '../../../functions/reconciliation/manifest.ts';
import type { QueueRepair } from '../../../functions/reconciliation/repair-queue.ts';
import type { Access } from './reconciling.ts';

/** What the measuring process can do. */
export interface TaskInputs {
  readonly scan: Access;
  readonly repair: Access & { readonly manifest: QueueScan };
  readonly drain: Access & { readonly queue: string; readonly expected: number };
  readonly lookups: Access & { readonly messages: number };
  readonly synthetic: { readonly messages: number };
}

/** What comes of it. */
export interface TaskResults {
  readonly scan: QueueScan;
  readonly repair: QueueRepair;
  readonly drain: null;
  /** Items that were found. */
  readonly lookups: number;
  readonly synthetic: QueueScan;
}

export type TaskName = keyof TaskInputs;

/** A request to the measuring process. */
export type Task = { readonly [K in TaskName]: { readonly name: K; readonly input: TaskInputs[K] } }[TaskName];

/** A result as it was measured. */
export interface Outcome<K extends TaskName> {
  readonly seconds: number;
  readonly result: TaskResults[K];
  /** The most resident memory that the process has had so far, in MiB. */
  readonly peakRssMiB: number;
}

/** The measuring process's answer. */
export type Answer = { readonly outcome: Outcome<TaskName> } | { readonly error: string };
