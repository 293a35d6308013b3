import { approvalScope } from '../../functions/control/approval.ts';
import { globalScope, pairScope } from '../../functions/control/control-scopes.ts';
import type { Policy } from './function-policy.ts';
import type { GrantScope } from './scope.ts';
import { targets } from './targets.ts';

/** What answering an approval reads and writes; see `functions/control/control-table.ts`. */
const answered = ['pk', 'sk', 'status', 'decidedBy', 'decidedAtMs', 'expiresAtMs'] as const;

/**
 * What an approver of one pair may do: read its items of the Control table, and change an answer's attributes. IAM knows
 * partition keys and attributes of DynamoDB, so approvers of one pair cannot answer for another, nor change anything but
 * answers.
 */
export const approverPolicy = (pair: string, scope: GrantScope): Policy => {
  const Resource = targets['control table'].resources(scope);
  const approvals = approvalScope(pair);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'ReadThePair',
        Effect: 'Allow',
        Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
        Resource,
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [pairScope(pair), approvals, globalScope] },
        },
      },
      {
        Sid: 'AnswerApprovals',
        Effect: 'Allow',
        Action: ['dynamodb:UpdateItem'],
        Resource,
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [approvals], 'dynamodb:Attributes': answered },
          StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
        },
      },
    ],
  };
};
