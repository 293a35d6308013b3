import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { canonicalAmqpId } from '../../../functions/ledger/message-id.ts';
import { type ScanTarget, scanOn } from '../../../tools/real/activemq/broker-access.ts';

/** What a child process is told, as JSON in its first argument. */
export interface ChildTask {
  readonly target: ScanTarget;
  readonly queue: string;
  readonly quarantine: string;
  /** File with the canonical ids that are proved processed, one a line. */
  readonly processedFile: string;
}

// A scan in a process of its own, so that it can be killed. Prints a line for each batch and the summary at the end.
const { target, queue, quarantine, processedFile } = JSON.parse(process.argv[2] ?? '') as ChildTask;
const processed = new Set(readFileSync(processedFile, 'utf8').split('\n'));
const timeoutMs = 120_000;
/** As long as a ledger takes to answer. */
const lookupMs = 20;
const summary = await scanOn(target).scan(queue, { quarantine, deadlineMs: Date.now() + timeoutMs }, async (batch) => {
  console.log('batch');
  await pause(lookupMs);
  return batch.map((message) => (processed.has(canonicalAmqpId(message.messageId) ?? '') ? 'remove' : 'keep'));
});
console.log(JSON.stringify(summary));
