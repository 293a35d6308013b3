import { parseObject } from '../runtime/parse-object.ts';

/**
 * Whether a run failed because a child execution of it did: the cause is then the child's description
 * (https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html). The child notifies operators
 * itself, or its own settle-run does.
 */
export const failedByChild = ({
  error,
  cause,
}: {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}): boolean => error === 'States.TaskFailed' && typeof parseObject(cause).ExecutionArn === 'string';

/** ARN of the run whose step an execution with this input is; undefined for a run of its own. @param input JSON text */
export const parentOf = (input: string): string | undefined => {
  const { executionArn } = Object(parseObject(input).parentRun) as { readonly executionArn?: unknown };
  return typeof executionArn === 'string' ? executionArn : undefined;
};

/** What to do after a run has failed. */
export const startAgain =
  'Start a new run with the same input: it checks what has been done before it writes anything. Do not redrive the failed run.';

/** What to start again after a step of another run has ended badly. */
export const stepRecovery = (workflow: string, parent: string): string =>
  `It was a step of ${parent}. If that run failed too, start that one again with the same input; if it went on, start ${workflow} by hand.`;
