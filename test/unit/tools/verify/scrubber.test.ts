import { describe, expect, it } from 'vitest';
import { Scrubber, UnscrubbedError } from '../../../../tools/verify/scrubber.ts';

const id = 'b-7d2e9f0e-4a07-469c-8d1c-dfffd9d50448';
const scrubber = () =>
  new Scrubber([
    { BrokerName: 'orders', Users: [{ Username: 'operator' }] },
    { BrokerName: 'orders-replica', Users: [{ Username: 'operator' }, { Username: 'batch' }] },
  ]);

describe('a recording', () => {
  it('names no account, broker, user, host or network', () => {
    const scrubbed = scrubber().scrub({
      BrokerArn: `arn:aws:mq:us-east-1:999988887777:broker:orders:${id}`,
      BrokerName: 'orders',
      BrokerInstances: [{ ConsoleURL: `https://${id}-1.mq.us-east-1.amazonaws.com:8162`, IpAddress: '10.1.2.3' }],
      Users: [{ Username: 'operator' }, { Username: 'batch' }],
      SubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
      SecurityGroups: ['sg-0a1b2c3d'],
      EncryptionOptions: { KmsKeyId: 'arn:aws:kms:us-east-1:999988887777:key/0f8fad5b-d9cb-469f-a165-70867728950e' },
      Tags: { owner: 'Ann' },
      message: `Broker [orders] with [${id}] cannot be promoted`,
    });
    expect(scrubbed).toEqual({
      BrokerArn: 'arn:aws:mq:us-east-1:111122223333:broker:broker-1:b-00000000-0000-4000-8000-000000000001',
      BrokerName: 'broker-1',
      BrokerInstances: [
        {
          ConsoleURL: 'https://b-00000000-0000-4000-8000-000000000001-1.mq.us-east-1.amazonaws.com:8162',
          IpAddress: '192.0.2.1',
        },
      ],
      Users: [{ Username: 'user-1' }, { Username: 'user-2' }],
      SubnetIds: ['subnet-00000001', 'subnet-00000002'],
      SecurityGroups: ['sg-00000001'],
      EncryptionOptions: { KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001' },
      message: 'Broker [broker-1] with [b-00000000-0000-4000-8000-000000000001] cannot be promoted',
    });
  });

  it('keeps what says something about the service', () => {
    const kept = {
      BrokerState: 'RUNNING',
      EngineVersion: '5.18.4',
      of: 'primary',
      Created: '2026-01-05T09:00:00.000Z',
    };
    expect(scrubber().scrub(kept)).toEqual(kept);
    expect(new Scrubber([{ BrokerName: 'primary' }]).scrub(kept)).toEqual(kept);
  });

  it('is not made while a key looks like an account', () => {
    expect(() => scrubber().scrub({ '999988887777': 1 })).toThrow(UnscrubbedError);
  });
});
