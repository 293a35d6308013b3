import * as z from 'zod';
import { ApiFault, type Members } from '../../api/service.ts';

const statuses = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'] as const;
const arn = z.string().min(1).max(256);
const maxResults = z.int().min(0).max(1_000).optional();
const nextToken = z.string().min(1).max(3_096).optional();
const includedData = z.enum(['ALL_DATA', 'METADATA_ONLY']).optional();

/** Members of each request that the engine takes. `traceHeader`, versions, aliases and Map Runs are not modelled. */
export const requests = {
  StartExecution: z.strictObject({ stateMachineArn: arn, name: z.string().optional(), input: z.string().optional() }),
  DescribeExecution: z.strictObject({ executionArn: arn, includedData }),
  GetExecutionHistory: z.strictObject({
    executionArn: arn,
    maxResults,
    nextToken,
    reverseOrder: z.boolean().optional(),
    includeExecutionData: z.boolean().optional(),
  }),
  ListExecutions: z.strictObject({
    stateMachineArn: arn,
    statusFilter: z.enum(statuses).optional(),
    redriveFilter: z.enum(['REDRIVEN', 'NOT_REDRIVEN']).optional(),
    maxResults,
    nextToken,
  }),
  StopExecution: z.strictObject({
    executionArn: arn,
    error: z.string().max(256).optional(),
    cause: z.string().max(32_768).optional(),
  }),
  RedriveExecution: z.strictObject({ executionArn: arn, clientToken: z.string().min(1).max(64).optional() }),
  DescribeStateMachine: z.strictObject({ stateMachineArn: arn, includedData }),
  ListStateMachines: z.strictObject({ maxResults, nextToken }),
} as const;

export type Operation = keyof typeof requests;
export type Request<O extends Operation> = z.infer<(typeof requests)[O]>;

/** Whether the engine serves an operation. */
export const isOperation = (name: string): name is Operation => Object.hasOwn(requests, name);

/**
 * The members of a request, checked.
 *
 * @throws ApiFault ValidationException naming every member that is unknown, missing or wrong
 */
export const parseRequest = <O extends Operation>(operation: O, input: Members): Request<O> => {
  const schema: z.ZodType = requests[operation];
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data as Request<O>;
  const errors = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return `member${issue.keys.length === 1 ? '' : 's'} ${issue.keys.join(', ')} of ${operation}: unknown or not modelled here`;
    }
    return `Value at '${issue.path.join('.')}' failed to satisfy constraint: ${issue.message}`;
  });
  const plural = errors.length === 1 ? 'error' : 'errors';
  throw new ApiFault(
    'ValidationException',
    400,
    `${errors.length} validation ${plural} detected: ${errors.join('; ')}`,
  );
};
