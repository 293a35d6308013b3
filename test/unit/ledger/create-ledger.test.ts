import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type CreateLedgerOptions, createLedger } from '../../../functions/ledger/index.ts';

const options: CreateLedgerOptions = {
  pair: 'orders',
  region: 'us-west-2',
  otherRegion: 'us-east-1',
  table: 'mq-dr-processed-messages',
  consumer: 'billing',
};

/** Options that a program without types might pass. */
const untyped = (changes: Readonly<Record<string, unknown>>) => ({ ...options, ...changes }) as CreateLedgerOptions;

describe('a ledger', () => {
  it('has a lease of a minute, a retention of fourteen days, message-ids, and an owner of its own each time', () => {
    const [one, two] = [createLedger(options).settings, createLedger(options).settings];
    expect(one).toMatchObject({
      leaseSeconds: 60,
      retentionSeconds: 1_209_600,
      identity: { from: 'message-id' },
      owner: expect.stringMatching(/^billing\/[0-9a-f-]{36}$/),
      table: { region: 'us-west-2' },
      otherTable: { region: 'us-east-1' },
    });
    expect(one.owner).not.toBe(two.owner);
    expect(createLedger({ ...options, owner: 'billing/7' }).settings.owner).toBe('billing/7');
  });

  it('asks the other Region only if it may', () => {
    expect(createLedger({ ...options, readOtherRegion: false }).settings.otherTable).toBeUndefined();
  });

  it('takes clients as they are made for each Region', () => {
    const asked: string[] = [];
    const client = (region: string) => {
      asked.push(region);
      return new DynamoDBClient({ region });
    };
    createLedger({ ...options, client });
    expect(asked).toEqual(['us-west-2', 'us-east-1']);
  });

  it.each([
    [{ leaseSecond: 60 }, 'unknown option "leaseSecond" (did you mean "leaseSeconds"?)'],
    [{ pair: '' }, 'pair must be a non-empty string'],
    [{ consumer: undefined }, 'consumer must be a non-empty string'],
    [{ owner: '' }, 'owner must be a non-empty string'],
    [{ table: '' }, 'needs the name of its table'],
    [{ otherRegion: 'us-west-2' }, 'region and otherRegion must differ'],
    [{ leaseSeconds: 9 }, 'leaseSeconds must be a whole number of seconds from 10 to 43200, not 9'],
    [{ leaseSeconds: 60.5 }, 'not 60.5'],
    [{ retentionSeconds: 60 }, 'retentionSeconds must be a whole number of seconds from 3600'],
    [{ identity: { from: 'body' } }, 'identity.from "body"'],
  ])('is refused with %j, by name', (changes, message) => {
    expect(() => createLedger(untyped(changes))).toThrow(
      expect.objectContaining({ name: 'InvalidConfiguration', message: expect.stringContaining(message) }),
    );
  });

  it('is refused with all problems at once', () => {
    expect(() => createLedger(untyped({ pair: '', leaseSeconds: 0, colour: 'red' }))).toThrow(
      expect.objectContaining({ details: { problems: [expect.any(String), expect.any(String), expect.any(String)] } }),
    );
  });
});
