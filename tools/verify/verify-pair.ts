import type { Runtime } from '../../functions/runtime/runtime.ts';
import { judgements } from './judge-readings.ts';
import { notShown, type Observation, type Sight } from './observation.ts';
import type { PairReadings } from './pair-readings.ts';
import {
  isWrittenQuestion,
  type Question,
  type QuestionId,
  questions,
  type WrittenQuestion,
  writtenQuestions,
} from './questions.ts';
import { type BrokerAt, PairReader } from './read-pair.ts';
import { type RecordedCall, Recorder } from './recorder.ts';
import { writeProbes } from './write-probes.ts';

/** What to look at, and how far to go. */
export interface VerifyRequest {
  readonly brokers: readonly BrokerAt[];
  readonly consoleSecretArn: string | undefined;
  /** Questions whose write may be sent. */
  readonly allowWrites: readonly WrittenQuestion[];
}

/** A write that was not allowed, and what it would have done. */
export interface WithheldWrite {
  readonly id: WrittenQuestion;
  readonly wouldDo: string;
}

/** What a pair showed. */
export interface Verification {
  readonly readings: PairReadings;
  readonly observations: readonly Observation[];
  readonly withheld: readonly WithheldWrite[];
  readonly calls: readonly RecordedCall[];
}

const readable: Readonly<Partial<Record<QuestionId, (readings: PairReadings) => Sight>>> = judgements;

/**
 * Looks at a pair with each open question in mind. Reads come first, then the writes that are allowed, since a write may
 * change what reads would have shown.
 *
 * @throws VerifyError when the brokers are no pair, AccessDenied, NotFound, RequestRejected, ServiceUnavailable
 */
export const verifyPair = async (
  runtime: Runtime,
  { brokers, consoleSecretArn, allowWrites }: VerifyRequest,
): Promise<Verification> => {
  const recorder = new Recorder(runtime.clock);
  const reader = new PairReader(runtime, recorder);
  const readings = await reader.read(brokers, consoleSecretArn);
  const sights = new Map<QuestionId, Sight>();
  for (const { id } of questions) {
    const judge = readable[id];
    if (judge !== undefined) sights.set(id, judge(readings));
  }
  const withheld: WithheldWrite[] = [];
  for (const id of writtenQuestions) {
    if (allowWrites.includes(id)) sights.set(id, await writeProbes[id].run(readings, { runtime, recorder, reader }));
    else withheld.push({ id, wouldDo: writeProbes[id].wouldDo(readings) });
  }
  const unseen = (id: QuestionId, { needs }: Question): Sight =>
    notShown(isWrittenQuestion(id) ? `needs --allow-writes ${id}` : `needs ${needs}`);
  return {
    readings,
    observations: questions.map((question) => ({
      ...question,
      ...(sights.get(question.id) ?? unseen(question.id, question)),
    })),
    withheld,
    calls: recorder.calls,
  };
};
