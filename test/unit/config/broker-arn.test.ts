import { describe, expect, it } from 'vitest';
import { brokerArnSchema } from '../../../functions/config/broker-arn.ts';

const id = 'b-1111aaaa-0000-4000-8000-000000000001';

describe('brokerArnSchema', () => {
  it('takes an ARN apart, also in other partitions', () => {
    const arn = `arn:aws-us-gov:mq:us-gov-west-1:111122223333:broker:orders_1-a:${id}`;
    expect(brokerArnSchema.parse(arn)).toEqual({
      arn,
      partition: 'aws-us-gov',
      region: 'us-gov-west-1',
      accountId: '111122223333',
      brokerName: 'orders_1-a',
      brokerId: id,
    });
  });

  it.each([
    ['another service', `arn:aws:sqs:us-east-1:111122223333:broker:orders:${id}`],
    ['a configuration', 'arn:aws:mq:us-east-1:111122223333:configuration:c-1111'],
    ['a short account', `arn:aws:mq:us-east-1:11112222:broker:orders:${id}`],
    ['no id', 'arn:aws:mq:us-east-1:111122223333:broker:orders'],
    ['an id without b-', 'arn:aws:mq:us-east-1:111122223333:broker:orders:1111aaaa'],
    ['something behind', `arn:aws:mq:us-east-1:111122223333:broker:orders:${id}/x`],
    ['an id alone', id],
  ])('refuses %s and shows the form', (_label, text) => {
    const result = brokerArnSchema.safeParse(text);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toContain('arn:aws:mq:<region>');
  });
});
