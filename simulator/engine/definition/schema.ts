import * as z from 'zod';
import { isExpression } from '../expression/evaluator.ts';
import { isJsonObject, type Json, type JsonObject } from '../expression/json.ts';
import { maxDelaySeconds, maxNameCharacters, maxSeconds } from '../limits.ts';

/** Task resources that the engine carries out; every other one is refused by name. */
export const taskResources = [
  'arn:aws:states:::lambda:invoke',
  'arn:aws:states:::states:startExecution',
  'arn:aws:states:::states:startExecution.sync:2',
] as const;
export type TaskResource = (typeof taskResources)[number];

const isInteger = (value: unknown, min: number, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

const json = z.custom<Json>((value) => value !== undefined, { error: 'must be a JSON value' });
const jsonObject = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' });
const text = z.string();
const stateName = z.string().min(1).max(maxNameCharacters);
const integer = (min: number, max: number) =>
  z.custom<number>((value) => isInteger(value, min, max), { error: `must be an integer from ${min} to ${max}` });
const integerOrExpression = (min: number, max: number) =>
  z.custom<number | string>(
    (value) => isInteger(value, min, max) || (typeof value === 'string' && isExpression(value)),
    { error: `must be an integer from ${min} to ${max} or a JSONata expression in {% %}` },
  );
const expression = z.custom<string>((value) => typeof value === 'string' && isExpression(value), {
  error: 'must be a JSONata expression in {% %}',
});

/** RFC 3339 with `T` and an offset, https://states-language.net/spec.html#wait-state. */
const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
/** Whether `value` is a timestamp that a Wait state takes. */
export const isTimestamp = (value: string): boolean => timestamp.test(value) && !Number.isNaN(Date.parse(value));

const timestampOrExpression = z.custom<string>(
  (value) => typeof value === 'string' && (isExpression(value) || isTimestamp(value)),
  { error: 'must be an RFC 3339 timestamp such as 2026-11-22T03:00:00Z or a JSONata expression in {% %}' },
);

const variableName = z
  .string()
  .regex(/^[\p{ID_Start}_][\p{ID_Continue}]*$/u, { error: 'is not a variable name' })
  .max(maxNameCharacters);
const assign = z.record(variableName, json);

const common = { Comment: text.optional(), QueryLanguage: z.literal('JSONata').optional() };
const flow = { Next: stateName.optional(), End: z.literal(true).optional() };
const data = { Assign: assign.optional(), Output: json.optional() };

const retrier = z.strictObject({
  Comment: text.optional(),
  ErrorEquals: z.array(z.string().min(1)).min(1),
  IntervalSeconds: integer(1, maxSeconds).optional(),
  MaxAttempts: integer(0, maxSeconds).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: integer(1, maxDelaySeconds - 1).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
});
const catcher = z.strictObject({
  Comment: text.optional(),
  ErrorEquals: z.array(z.string().min(1)).min(1),
  Next: stateName,
  ...data,
});
const handlers = { Retry: z.array(retrier).optional(), Catch: z.array(catcher).optional() };

const choiceRule = z.strictObject({
  Comment: text.optional(),
  Condition: z.custom<boolean | string>(
    (value) => typeof value === 'boolean' || (typeof value === 'string' && isExpression(value)),
    { error: 'must be a JSONata expression in {% %}, true or false' },
  ),
  Next: stateName,
  ...data,
});

const processorConfig = z.strictObject({ Mode: z.literal('INLINE') });

/** Shape of each state type; nested machines are parsed apart, so they are `unknown` here. */
export const stateSchemas = {
  Task: z.strictObject({
    ...common,
    Type: z.literal('Task'),
    Resource: z.enum(taskResources),
    Arguments: z.custom<JsonObject | string>(
      (value) => isJsonObject(value) || (typeof value === 'string' && isExpression(value)),
      { error: 'must be an object or a JSONata expression in {% %}' },
    ),
    TimeoutSeconds: integerOrExpression(1, maxSeconds).optional(),
    ...handlers,
    ...data,
    ...flow,
  }),
  Choice: z.strictObject({
    ...common,
    Type: z.literal('Choice'),
    Choices: z.array(choiceRule).min(1),
    Default: stateName.optional(),
    ...data,
  }),
  Wait: z.strictObject({
    ...common,
    Type: z.literal('Wait'),
    Seconds: integerOrExpression(0, maxSeconds).optional(),
    Timestamp: timestampOrExpression.optional(),
    ...data,
    ...flow,
  }),
  Pass: z.strictObject({ ...common, Type: z.literal('Pass'), ...data, ...flow }),
  Succeed: z.strictObject({ ...common, Type: z.literal('Succeed'), Output: json.optional() }),
  Fail: z.strictObject({
    ...common,
    Type: z.literal('Fail'),
    Error: text.optional(),
    Cause: text.optional(),
  }),
  Parallel: z.strictObject({
    ...common,
    Type: z.literal('Parallel'),
    Branches: z.array(jsonObject).min(1),
    Arguments: json.optional(),
    ...handlers,
    ...data,
    ...flow,
  }),
  Map: z.strictObject({
    ...common,
    Type: z.literal('Map'),
    Items: z
      .custom<readonly Json[] | string>((value) => Array.isArray(value) || expression.safeParse(value).success, {
        error: 'must be an array or a JSONata expression in {% %}',
      })
      .optional(),
    ItemSelector: z
      .custom<JsonObject | string>(
        (value) => jsonObject.safeParse(value).success || expression.safeParse(value).success,
        { error: 'must be an object or a JSONata expression in {% %}' },
      )
      .optional(),
    ItemProcessor: jsonObject,
    MaxConcurrency: integerOrExpression(0, maxSeconds).optional(),
    ...handlers,
    ...data,
    ...flow,
  }),
} as const;

/** Shape of the top level; its states are parsed one by one. */
export const machineSchema = z.strictObject({
  Comment: text.optional(),
  Version: z.literal('1.0').optional(),
  QueryLanguage: z.literal('JSONata'),
  StartAt: stateName,
  TimeoutSeconds: integer(1, maxSeconds).optional(),
  States: z.record(stateName, z.unknown()),
});

/** Shape of a branch of a Parallel state. */
export const branchSchema = z.strictObject({
  Comment: text.optional(),
  StartAt: stateName,
  States: z.record(stateName, z.unknown()),
});

/** Shape of a Map state's ItemProcessor. */
export const itemProcessorSchema = z.strictObject({
  Comment: text.optional(),
  ProcessorConfig: processorConfig.optional(),
  StartAt: stateName,
  States: z.record(stateName, z.unknown()),
});

/** Field names of the objects inside a state, by the field that holds them. */
export const nestedFields: Readonly<Record<string, readonly string[]>> = {
  Retry: Object.keys(retrier.shape),
  Catch: Object.keys(catcher.shape),
  Choices: Object.keys(choiceRule.shape),
  ProcessorConfig: Object.keys(processorConfig.shape),
};

export type StateType = keyof typeof stateSchemas;
export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;
