import type { Testbed } from '../../testbed/testbed.ts';

/**
 * ARN of the execution that a function works for; undefined for other callers.
 *
 * @param region where the function runs: executions of two Regions may have one name
 */
export const executionOf = (testbed: Testbed, caller: string, region: string): string | undefined => {
  const [, machine, name] = /^(\S+) ([^:]+): /.exec(caller) ?? [];
  const executionArn = `arn:aws:states:${region}:${testbed.aws.accountId}:execution:${machine}:${name}`;
  return testbed.execution(executionArn) && executionArn;
};

/** An execution, its parent, the parent's parent and so on, by ARN: a lock that one of them holds is its own. */
export const lineageOf = (testbed: Testbed, executionArn: string): readonly string[] => {
  const parent = testbed.execution(executionArn)?.parentExecutionArn;
  return [executionArn, ...(parent === undefined ? [] : lineageOf(testbed, parent))];
};
