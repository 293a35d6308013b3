import * as mq from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { checkInput } from '../../../../simulator/api/input-check.ts';
import { readSdkModel } from '../../../../simulator/api/sdk-model.ts';

const model = readSdkModel(mq);

const problems = (operation: string, input: Record<string, unknown>) => {
  const described = model.get(operation);
  if (described === undefined) throw new Error(`the SDK has no operation ${operation}`);
  return checkInput(described, input).map(({ kind, member }) => `${kind} ${member}`);
};

const broker = {
  brokerName: 'x',
  deploymentMode: 'x',
  engineType: 'x',
  hostInstanceType: 'x',
  publiclyAccessible: true,
};

describe('checkInput against the model of the SDK', () => {
  it('finds nothing wrong with a full request', () => {
    const users = [{ username: 'a', password: 'b', groups: ['g'], replicationUser: true }];
    expect(problems('CreateBroker', { ...broker, users, tags: { team: 'blue' } })).toEqual([]);
  });

  it('names members that are missing, unknown or of another type, wherever they stand', () => {
    expect(problems('CreateBroker', { ...broker, brokerName: undefined })).toEqual(['missing brokerName']);
    expect(problems('CreateBroker', { ...broker, publiclyAccessible: 'no' })).toEqual([
      'wrong-type publiclyAccessible',
    ]);
    expect(problems('CreateBroker', { ...broker, users: [{ username: 'a', pasword: 'b' }] })).toEqual([
      'unknown users.0.pasword',
      'missing users.0.password',
    ]);
    expect(problems('CreateBroker', { ...broker, tags: ['blue'], users: {} })).toEqual([
      'wrong-type tags',
      'wrong-type users',
    ]);
    expect(problems('CreateBroker', { ...broker, tags: { size: 3 } })).toEqual(['wrong-type tags.size']);
    expect(problems('ListBrokers', { maxResults: '5' })).toEqual(['wrong-type maxResults']);
  });

  it('suggests the nearest name and knows labels of the path', () => {
    const [found] = checkInput(model.get('Promote') ?? expect.fail(), { brokerId: 'b', mode: 'FAILOVER', mood: 'x' });
    expect(found?.message).toBe('unknown member "mood"; did you mean "mode"?');
    expect(problems('Promote', { mode: 'FAILOVER' })).toEqual(['missing brokerId']);
  });
});
