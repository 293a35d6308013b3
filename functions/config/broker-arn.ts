import * as z from 'zod/mini';

const pattern = /^arn:(aws[a-z-]*):mq:([a-z0-9-]+):(\d{12}):broker:([^:]+):(b-[0-9a-f-]+)$/;

/** A broker as its ARN names it; docs/amazon-mq.md 8. */
export interface BrokerRef {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly brokerName: string;
  readonly brokerId: string;
}

/** Parses `arn:aws:mq:<region>:<account>:broker:<name>:<b-uuid>` into its parts; anything else is refused. */
export const brokerArnSchema = z.pipe(
  z.string().check(z.regex(pattern, 'expected arn:aws:mq:<region>:<account>:broker:<name>:<b-…>')),
  z.transform((arn): BrokerRef => {
    const [, partition = '', region = '', accountId = '', brokerName = '', brokerId = ''] = pattern.exec(arn) ?? [];
    return { arn, partition, region, accountId, brokerName, brokerId };
  }),
);
