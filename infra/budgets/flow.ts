import * as z from 'zod';

const retrierSchema = z.looseObject({
  IntervalSeconds: z.number().default(1),
  MaxAttempts: z.number().default(3),
  BackoffRate: z.number().default(2),
  MaxDelaySeconds: z.number().default(Number.POSITIVE_INFINITY),
});

const stateSchema = z.looseObject({
  Type: z.string(),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Seconds: z.union([z.number(), z.string()]).optional(),
  Choices: z.array(z.looseObject({ Next: z.string(), Condition: z.string() })).default([]),
  Retry: z.array(retrierSchema).default([]),
});

const definitionSchema = z.looseObject({
  StartAt: z.string(),
  TimeoutSeconds: z.number(),
  States: z.record(z.string(), stateSchema),
});

/** A definition as far as time is concerned: the way that a run takes when nothing fails for good. */
export interface Flow {
  readonly start: string;
  readonly timeoutSeconds: number;
  readonly states: ReadonlyMap<string, FlowState>;
}

/** One state of a flow. */
export interface FlowState {
  readonly type: string;
  /** States that may follow, Catch aside. */
  readonly next: readonly string[];
  /** Wait: its seconds; undefined where the run itself says how long. */
  readonly waitSeconds: number | undefined;
  /** All back-offs of its retriers together, in seconds. */
  readonly backOffSeconds: number;
  /** Largest number of passes that its conditions allow a loop: the limit that a count is compared with. */
  readonly passes: number | undefined;
}

/** Seconds of every back-off that a state's retriers can add up to; its time-outs come on top. */
const backOffOf = (retriers: readonly z.output<typeof retrierSchema>[]): number =>
  retriers.reduce(
    (sum, { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }) =>
      sum +
      Array.from({ length: MaxAttempts }, (_, attempt) =>
        Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt),
      ).reduce((total, seconds) => total + seconds, 0),
    0,
  );

/** A number that was filled in, as `{% 5 %}`. */
const literal = (value: string | number | undefined): number | undefined => {
  const text = String(value ?? '').replace(/^\{%|%\}$/g, '');
  return /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
};

/** `$polls < 12` and `$watch.polls >= 60` bound a loop: a pass for each value, and the one that finds the limit. */
const passesOf = (conditions: readonly string[]): number | undefined => {
  const limits = conditions.flatMap((condition) =>
    [...condition.matchAll(/\$[\w.]*(?:[pP]olls|looks) (?:<|>=) (\d+)/g)].map(([, limit]) => Number(limit) + 1),
  );
  return limits.length === 0 ? undefined : Math.max(...limits);
};

/**
 * Reads a definition whose parameters have been filled in.
 *
 * @throws ZodError for something that is no definition
 */
export const flowOf = (definition: string): Flow => {
  const { StartAt, TimeoutSeconds, States } = definitionSchema.parse(JSON.parse(definition));
  return {
    start: StartAt,
    timeoutSeconds: TimeoutSeconds,
    states: new Map(
      Object.entries(States).map(([name, state]) => [
        name,
        {
          type: state.Type,
          next: [state.Next, state.Default, ...state.Choices.map(({ Next }) => Next)].filter(
            (next) => next !== undefined,
          ),
          waitSeconds: state.Type === 'Wait' ? literal(state.Seconds) : 0,
          backOffSeconds: backOffOf(state.Retry),
          passes: passesOf(state.Choices.map(({ Condition }) => Condition)),
        },
      ]),
    ),
  };
};
