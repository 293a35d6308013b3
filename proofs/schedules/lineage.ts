import type { Testbed } from '../../testbed/testbed.ts';

/**
 * ARN of the execution that a function works for; undefined for other callers.
 *
 * @param region where the function runs: executions of two Regions may have one name
 */
export const executionOf = ({ aws }: Testbed, caller: string, region: string): string | undefined => {
  const [, machine, name] = /^(\S+) ([^:]+): /.exec(caller) ?? [];
  return machine && `arn:aws:states:${region}:${aws.accountId}:execution:${machine}:${name}`;
};

/** An execution, its parent, the parent's parent and so on, by ARN: a lock that one of them holds is its own. */
export const lineageOf = (testbed: Testbed, executionArn: string): readonly string[] => {
  const parent = testbed.execution(executionArn)?.parentExecutionArn;
  return [executionArn, ...(parent === undefined ? [] : lineageOf(testbed, parent))];
};
