import type { Runtime } from '../../functions/runtime/runtime.ts';

/** What a call was about: one broker of the pair, by its role when the look began. */
export type Subject = 'primary' | 'replica';

/** A call, as far as it may be kept. */
export interface RecordedCall {
  readonly atMs: number;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly of: Subject;
  readonly request: unknown;
  /** What was answered, as the SDK or the console gives it. */
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly status: number | null };
}

const statusOf = (error: object): number | null => {
  const status = '$metadata' in error ? (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode : null;
  return status ?? null;
};

/** Members of an answer that say something about the call and not about the service. */
const withoutMetadata = (answer: unknown): unknown => {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer;
  const { $metadata: _metadata, ...rest } = answer as Readonly<Record<string, unknown>>;
  return JSON.parse(JSON.stringify(rest));
};

/** Makes calls and keeps them, the refused ones as well. */
export class Recorder {
  readonly calls: RecordedCall[] = [];
  readonly #clock: Pick<Runtime['clock'], 'nowMs'>;

  constructor(clock: Pick<Runtime['clock'], 'nowMs'>) {
    this.#clock = clock;
  }

  /** Sends a call and records its outcome; its error goes on to the caller. */
  async call<T>(
    about: Pick<RecordedCall, 'service' | 'operation' | 'region' | 'of' | 'request'>,
    send: () => Promise<T>,
  ): Promise<T> {
    const atMs = this.#clock.nowMs();
    try {
      const answer = await send();
      this.calls.push({ atMs, ...about, answer: withoutMetadata(answer) });
      return answer;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { name, message } = error;
      this.calls.push({ atMs, ...about, error: { name, message, status: statusOf(error) } });
      throw error;
    }
  }
}
