import 'aws-sdk-client-mock-vitest/extend';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceConflictException,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventSourceMappings } from '../../../../functions/cutover/adapters/event-source-mappings.ts';
import { fakeRuntime, sdkError } from '../../../support/fake-ports.ts';

const lambda = mockClient(LambdaClient);
beforeEach(() => {
  lambda.reset();
});

const mappings = () => new EventSourceMappings(fakeRuntime(), 'us-west-2');

describe('EventSourceMappings', () => {
  it("gives the state as the service spells it, in the function's Region", async () => {
    lambda.on(GetEventSourceMappingCommand, { UUID: 'm-1' }).resolves({ State: 'Disabling' });
    expect(await mappings().readState('m-1')).toBe('Disabling');
    expect(await lambda.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it('changes nothing but whether it is enabled', async () => {
    lambda.on(UpdateEventSourceMappingCommand).resolves({ State: 'Disabling' });
    expect(await mappings().setEnabled('m-1', false)).toBe('accepted');
    expect(lambda).toHaveReceivedCommandExactlyOnceWith(UpdateEventSourceMappingCommand, {
      UUID: 'm-1',
      Enabled: false,
    });
  });

  it.each([ResourceInUseException, ResourceConflictException])('takes %o for busy', async (Refusal) => {
    lambda.on(UpdateEventSourceMappingCommand).rejects(new Refusal({ message: 'in use', $metadata: {} } as never));
    expect(await mappings().setEnabled('m-1', true)).toBe('busy');
  });

  it.each([
    ['NotFound', sdkError('ResourceNotFoundException', 404)],
    ['AccessDenied', sdkError('AccessDeniedException', 403)],
    ['ServiceUnavailable', sdkError('ServiceException', 500)],
    ['RequestRejected', sdkError('InvalidParameterValueException', 400)],
  ])('gives the SDK errors the name %s', async (name, error) => {
    lambda.on(GetEventSourceMappingCommand).rejects(error);
    lambda.on(UpdateEventSourceMappingCommand).rejects(error);
    await expect(mappings().readState('m-1')).rejects.toMatchObject({ name });
    await expect(mappings().setEnabled('m-1', true)).rejects.toMatchObject({ name });
  });
});
