import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dateOfAnswer } from '../../../functions/aws/date-of-answer.ts';

/** The date that is read of an answer with these headers. */
const dateIn = async (headers: Readonly<Record<string, string>>): Promise<number | undefined> => {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestHandler: {
      handle: async () => ({
        response: { statusCode: 200, headers, body: new TextEncoder().encode('{}') },
      }),
    },
  });
  const command = new GetItemCommand({ TableName: 't', Key: { pk: { S: 'p' } } });
  const date = dateOfAnswer(command);
  expect(date()).toBeUndefined();
  await client.send(command);
  return date();
};

describe('dateOfAnswer', () => {
  it('is the start of the second that the service names', async () => {
    expect(await dateIn({ date: 'Mon, 30 Nov 2026 12:00:05 GMT' })).toBe(Date.UTC(2026, 10, 30, 12, 0, 5));
  });

  it.each([{}, { date: 'yesterday' }])('is nothing without a date: %j', async (headers) => {
    expect(await dateIn(headers)).toBeUndefined();
  });
});
