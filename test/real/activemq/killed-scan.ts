import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { ScanSummary } from '../../../functions/reconciliation/queue-scan/port.ts';
import type { ChildTask } from './scan-child.ts';

const node = join(import.meta.dirname, '../../../node_modules/.bin/node');

/** Where a scan is killed: after so many batches and then so many milliseconds. */
export interface KillMoment {
  readonly batches: number;
  readonly thenMs: number;
}

/**
 * Runs a scan in a process of its own and kills it with SIGKILL.
 *
 * @returns undefined when it was killed; its summary when it ended before
 */
export const scanInChild = async (task: ChildTask, moment?: KillMoment): Promise<ScanSummary | undefined> => {
  const child = spawn(node, [join(import.meta.dirname, 'scan-child.ts'), JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let problems = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problems += text;
  });
  let batches = 0;
  let summary: ScanSummary | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'batch') summary = JSON.parse(line) as ScanSummary;
    batches += 1;
    if (batches === moment?.batches) {
      await pause(moment.thenMs);
      child.kill('SIGKILL');
    }
  }
  await ended;
  if (summary === undefined && child.signalCode !== 'SIGKILL') {
    throw new Error(`the scan ended with ${child.exitCode}: ${problems.slice(-2_000)}`);
  }
  return summary;
};
