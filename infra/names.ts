/** Fixed names: what must be found without asking the stack that made it, from the other Region or by a person. */

/** The Control table, a global table of strong consistency. */
export const controlTableName = 'mq-dr-control';

/** The ledger of processed messages, a global table of eventual consistency. */
export const ledgerTableName = 'mq-dr-processed-messages';

/** Attribute of the ledger's items that says when they may go, in seconds since the Unix epoch. */
export const ledgerTimeToLiveAttribute = 'expiresAt';

/** Topic of pages: somebody gets up. */
export const pageTopicName = 'mq-dr';

/** Topic of notices: somebody reads it in the morning. */
export const noticeTopicName = 'mq-dr-notices';

/** Queue of events that EventBridge could not hand to their target. */
export const undeliveredQueueName = 'mq-dr-undelivered-events';

/** Queue of events whose function failed every time. */
export const failedQueueName = 'mq-dr-failed-events';

/** Physical name of a function. */
export const functionNameOf = (name: string): string => `mq-dr-${name}`;

/**
 * Log group of a state machine by its name. The prefix keeps the account's one policy for delivered logs from growing with
 * every group: https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 */
export const machineLogGroupOf = (name: string): string => `/aws/vendedlogs/states/mq-dr-${name}`;

/** Physical name of the role of a function or a state machine in a Region; roles are global in an account. */
export const roleNameOf = (name: string, region: string): string => `mq-dr-${name}-${region}`;

/** Bucket of a Region's reports; bucket names are global over all accounts. */
export const reportBucketNameOf = (accountId: string, region: string): string => `mq-dr-reports-${accountId}-${region}`;

/** Where something stands, for ARNs. */
export interface Place {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}

/** ARN of a resource of an account in a Region. */
export const arnOf = ({ partition, accountId, region }: Place, service: string, resource: string): string =>
  `arn:${partition}:${service}:${region}:${accountId}:${resource}`;

/** ARN of a state machine by its name, which is its physical name: people start it by that. */
export const machineArnOf = (place: Place, name: string): string => arnOf(place, 'states', `stateMachine:${name}`);

/** ARN of a function by its name in the deployment. */
export const functionArnOf = (place: Place, name: string): string =>
  arnOf(place, 'lambda', `function:${functionNameOf(name)}`);
