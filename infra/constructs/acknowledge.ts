import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Wildcard } from '../grants/function-policy.ts';

/** A finding of cdk-nag that is meant to be so, and why. */
export interface Acknowledged {
  /** Such as `AwsSolutions-IAM5[Resource::*]`: one finding, not a whole rule, where the rule tells findings apart. */
  readonly id: string;
  readonly reason: string;
}

/** Acknowledges findings on a construct and what is in it. */
export const acknowledge = (construct: IConstruct, ...findings: readonly Acknowledged[]): void => {
  if (findings.length > 0) Validations.of(construct).acknowledge(...findings);
};

/** A wildcard in a policy's resources. */
export const wildcardResource = ({ resource, reasons }: Wildcard): Acknowledged => ({
  id: `AwsSolutions-IAM5[Resource::${resource}]`,
  reason: `${reasons.join('; ')}.`,
});
