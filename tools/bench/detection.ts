import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ManagementAccess } from '../../functions/policy-drift/rabbitmq/rabbit-management.ts';
import { lambdaHeapOptions } from './lambda-heap.ts';

/** What a function's own process is told to measure. */
export interface DetectionTask extends ManagementAccess {
  readonly rounds: number;
  readonly instanceType: string;
  /** Detects once and does nothing else, so that the memory is that of a detection; `bareMs` is then 0. */
  readonly once?: boolean;
}

/** What it measured. */
export interface Detection {
  readonly calls: number;
  /** The same GETs without anything around them. */
  readonly bareMs: number;
  readonly detectMs: number;
  readonly findings: number;
  readonly peakRssMiB: number;
}

/** Memory of the function that detects. */
const functionMiB = 256;

/**
 * Lets a process of its own detect, as a function would: its memory and its work are not the broker's.
 *
 * @param trustedCertificate file with a certificate that the process trusts in addition to the usual ones
 * @throws Error when the process ends without a result
 */
export const detectInOwnProcess = async (task: DetectionTask, trustedCertificate?: string): Promise<Detection> => {
  const detector = fork(new URL('./policy-drift-detector.ts', import.meta.url), {
    execArgv: [...lambdaHeapOptions(functionMiB)],
    env: { ...process.env, ...(trustedCertificate !== undefined && { NODE_EXTRA_CA_CERTS: trustedCertificate }) },
  });
  const ended = once(detector, 'exit').then(([code]) => {
    throw new Error(`the detecting process ended with code ${String(code)} and no result`);
  });
  detector.send(task);
  const [detection] = (await Promise.race([once(detector, 'message'), ended])) as [Detection];
  ended.catch(() => {});
  return detection;
};
