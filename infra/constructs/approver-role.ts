import { Duration } from 'aws-cdk-lib';
import { ArnPrincipal, CompositePrincipal, type IPrincipal, PolicyDocument, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { approverPolicy } from '../grants/approver-policy.ts';
import type { GrantScope } from '../grants/scope.ts';
import { roleNameOf } from '../names.ts';

/** Hours are long for one answer; IAM allows no less for a role. */
const maxSessionSeconds = 3_600;

/** Lets the approvers of a pair, also of other accounts, answer its approvals; CloudTrail says which of them did. */
export class ApproverRole extends Construct {
  constructor(
    scope: Construct,
    id: string,
    {
      pair,
      approvers,
      granted,
    }: { readonly pair: string; readonly approvers: readonly string[]; readonly granted: GrantScope },
  ) {
    super(scope, id);
    const [first, ...more] = approvers.map((arn): IPrincipal => new ArnPrincipal(arn));
    if (first === undefined) throw new TypeError(`pair "${pair}" has no approvers`);
    new Role(this, 'Role', {
      roleName: roleNameOf(`approver-${pair}`, granted.region),
      description: `Answers approvals of the pair ${pair}`,
      assumedBy: new CompositePrincipal(first, ...more),
      maxSessionDuration: Duration.seconds(maxSessionSeconds),
      inlinePolicies: { grants: PolicyDocument.fromJson(approverPolicy(pair, granted)) },
    });
  }
}
