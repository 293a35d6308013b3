import type { ApiCallAttempt } from './api-call.ts';
import type { WireResponse } from './wire-message.ts';

/** Calls that change nothing, by the verbs of their operations. */
const readVerbs = /^(?:Get|Describe|List|Query|Scan|BatchGet)/;

/** Services whose reads name the time they are made at: none is ever made again. */
const unrepeated: readonly string[] = ['monitoring', 'states'];

/** A read that must show the newest write is never answered from memory. */
const isConsistent = (request: unknown): boolean => JSON.stringify(request).includes('"ConsistentRead":true');

interface Remembered {
  /** Virtual time at which the answer was given first. */
  readonly atMs: number;
  readonly response: WireResponse;
}

/** What reads were answered earlier: the source of answers that lag behind. */
export class AnswerMemory {
  readonly #answers = new Map<string, Remembered[]>();

  /** Keeps the answer of a read, where it differs from the one before. */
  keep(call: ApiCallAttempt, response: WireResponse): void {
    if (!readVerbs.test(call.operation) || unrepeated.includes(call.service) || response.statusCode !== 200) return;
    // Never recalled; consumers make a new one for each message.
    if (isConsistent(call.request)) return;
    const key = keyOf(call);
    const answers = this.#answers.get(key) ?? [];
    const newest = answers.at(-1);
    if (newest !== undefined && Buffer.compare(newest.response.body, response.body) === 0) return;
    answers.push({ atMs: call.atMs, response });
    this.#answers.set(key, answers);
  }

  /**
   * What the same read was answered `ageMs` ago, or else the first time; undefined for a write, a consistent read, and a
   * read that was never made.
   */
  recall(call: ApiCallAttempt, ageMs: number): WireResponse | undefined {
    if (isConsistent(call.request)) return undefined;
    const answers = this.#answers.get(keyOf(call)) ?? [];
    return (answers.findLast(({ atMs }) => atMs <= call.atMs - ageMs) ?? answers[0])?.response;
  }
}

const keyOf = ({ region, service, operation, request }: ApiCallAttempt): string =>
  `${region} ${service} ${operation} ${JSON.stringify(request)}`;
