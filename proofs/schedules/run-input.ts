import type { Testbed } from '../../testbed/testbed.ts';
import { lineageOf } from './lineage.ts';

/** What a run was asked for, as far as audits go by it. */
export interface RunInput {
  /** Whether an event asked for it, not a person. */
  readonly automatic: boolean;
  /** Whether a person wanted the Control table left alone. */
  readonly overridden: boolean;
}

/** The input of an execution. An escalation is its own run, with the input that the policy gave it. */
export const runInput = (testbed: Testbed, executionArn: string): RunInput => {
  const { input = '{}' } = testbed.execution(executionArn) ?? {};
  const { automatic, overrideControl } = JSON.parse(input) as Readonly<Record<string, unknown>>;
  return { automatic: automatic === true, overridden: typeof overrideControl === 'string' };
};

/** Whether a run, or one that waits for it, was asked to leave the Control table alone. */
export const isOverridden = (testbed: Testbed, executionArn: string): boolean =>
  lineageOf(testbed, executionArn).some((arn) => runInput(testbed, arn).overridden);
