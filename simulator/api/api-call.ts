/** One call of an AWS API by anything in the simulator, as the journal keeps it. */
export interface ApiCall {
  /** Virtual time of the request, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Virtual time at which the caller got its answer or its error. */
  readonly endedAtMs: number;
  /** The Region that the call goes to. */
  readonly region: string;
  /** Signing name: `mq`, `states`, … */
  readonly service: string;
  readonly operation: string;
  /** The request's members in wire names, secrets removed. */
  readonly request: unknown;
  /** `ok`, or the error's code: `BadRequestException`, `ETIMEDOUT`, `CallerKilled`; `LyingAnswer` by a fault of that kind. */
  readonly outcome: string;
  /** Name of the actor that made the call. */
  readonly caller: string | undefined;
  /** The Region that the caller runs in, where it is known. */
  readonly attemptedByRegion: string | undefined;
}

/** Whether the service did what a call asked for, whatever its caller was told. */
export const tookEffect = ({ outcome }: Pick<ApiCall, 'outcome'>): boolean =>
  outcome === 'ok' || outcome === 'LyingAnswer';

/** A call that is about to be handled. */
export type ApiCallAttempt = Omit<ApiCall, 'endedAtMs' | 'outcome'>;
