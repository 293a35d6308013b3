import type { Runtime } from '../../functions/runtime/runtime.ts';
import { compareRecordings } from './compare-recordings.ts';
import { findBrokers } from './find-brokers.ts';
import type { VerifyOptions } from './options.ts';
import { parseRecording } from './parse-recording.ts';
import { type WrittenQuestion, writtenQuestions } from './questions.ts';
import { recordSimulator } from './record-simulator.ts';
import { type Recording, recordingOf } from './recording.ts';
import { VerifyError } from './verify-error.ts';
import { differenceLines, verifyLines } from './verify-lines.ts';
import { verifyPair } from './verify-pair.ts';

/** What the command takes from the process around it. */
export interface VerifyIo {
  readonly runtime: Runtime;
  /** Rejects with the system's error. */
  readFile(path: string): Promise<string>;
  /** Writes a new file. Rejects when there is one already. */
  writeNewFile(path: string, text: string): Promise<void>;
}

/** What is printed. */
export interface VerifyResult {
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** The operation that each write sends. */
const operationOf: Readonly<Record<WrittenQuestion, string>> = { '15.3': 'Promote', '15.16': 'RebootBroker' };

const compareWithSimulator = async (file: string, { readFile }: VerifyIo): Promise<VerifyResult> => {
  const text = await readFile(file).catch((error: unknown) => {
    throw new VerifyError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  });
  const service = parseRecording(text, file);
  const allowWrites = writtenQuestions.filter((id) =>
    service.calls.some(({ operation }) => operation === operationOf[id]),
  );
  const simulator = await recordSimulator({ regions: service.regions, allowWrites });
  const differences = compareRecordings(service, simulator);
  return { json: { recording: file, differences }, lines: differenceLines(differences) };
};

/** Without the colons of a time, which some file systems refuse. */
const fileOf = (pair: string, { recordedAt }: Recording): string =>
  `verify-${pair.replace(/^arn:.*:/, '')}-${recordedAt.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-')}.json`;

/** Carries out one command line. @throws VerifyError, ConfigurationError, DrError for AWS, and errors of the file system */
export const runVerify = async (options: VerifyOptions, io: VerifyIo): Promise<VerifyResult> => {
  const { pair = '', compare, config, consoleSecret, allowWrites } = options;
  if (compare !== undefined) return await compareWithSimulator(compare, io);
  const { runtime } = io;
  const brokers = await findBrokers(pair, config);
  const verification = await verifyPair(runtime, { brokers, consoleSecretArn: consoleSecret, allowWrites });
  const recording = recordingOf(verification, runtime.clock.nowMs());
  const file = options.out ?? fileOf(pair, recording);
  await io.writeNewFile(file, `${JSON.stringify(recording, undefined, 2)}\n`);
  const { observations, withheld } = verification;
  return { json: { pair, observations, withheld, recording: file }, lines: verifyLines(observations, withheld, file) };
};
