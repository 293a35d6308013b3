import 'aws-sdk-client-mock-vitest/extend';
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { Parameters } from '../../../../functions/cutover/adapters/parameters.ts';
import { fakeRuntime, sdkError } from '../../../support/fake-ports.ts';

const ssm = mockClient(SSMClient);
beforeEach(() => {
  ssm.reset();
});

const parameters = () => new Parameters(fakeRuntime(), 'us-west-2');

describe('Parameters', () => {
  it("reads a value in the function's Region", async () => {
    ssm.on(GetParameterCommand, { Name: '/a' }).resolves({ Parameter: { Value: 'v' } });
    expect(await parameters().read('/a')).toBe('v');
    expect(await ssm.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it('reads a parameter that does not exist as undefined', async () => {
    ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: 'no', $metadata: { httpStatusCode: 400 } }));
    expect(await parameters().read('/a')).toBeUndefined();
  });

  it('writes over what is there', async () => {
    ssm.on(PutParameterCommand).resolves({ Version: 2 });
    await parameters().write('/a', 'w');
    expect(ssm).toHaveReceivedCommandExactlyOnceWith(PutParameterCommand, {
      Name: '/a',
      Value: 'w',
      Type: 'String',
      Overwrite: true,
    });
  });

  it.each([
    ['AccessDenied', sdkError('AccessDeniedException', 400)],
    ['ServiceUnavailable', sdkError('ThrottlingException', 400)],
    ['RequestRejected', sdkError('ValidationException', 400)],
  ])('gives the SDK errors the name %s', async (name, error) => {
    ssm.on(GetParameterCommand).rejects(error);
    ssm.on(PutParameterCommand).rejects(error);
    await expect(parameters().read('/a')).rejects.toMatchObject({ name });
    await expect(parameters().write('/a', 'w')).rejects.toMatchObject({ name });
  });
});
