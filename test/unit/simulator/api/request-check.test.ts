import { describe, expect, it } from 'vitest';
import { checkInput } from '../../../../simulator/api/input-check.ts';
import { serviceProtocols } from '../../../../simulator/api/protocols/service-protocols.ts';
import { namingOf, requireModelledRequest } from '../../../../simulator/api/request-check.ts';
import { ApiFault } from '../../../../simulator/api/service.ts';
import { isSigningName, serviceModels } from '../../../../simulator/api/service-models.ts';
import { minimalRequest, wrongRequests } from '../../../support/sdk-requests.ts';

describe.each(Object.keys(serviceModels).filter(isSigningName))('requests of %s', (service) => {
  const operations = [...serviceModels[service].values()];
  const naming = namingOf(service);

  it('are allowed in their smallest form, every operation of the SDK', () => {
    const refused = operations.flatMap((operation) =>
      checkInput(operation, minimalRequest(operation, naming), naming).map(
        ({ message }) => `${operation.name}: ${message}`,
      ),
    );
    expect(operations.length).toBeGreaterThan(20);
    expect(refused).toEqual([]);
  });

  it('are refused by name for each member that is unknown, missing or of another type', () => {
    const wrong = operations.flatMap((operation) =>
      wrongRequests(operation, minimalRequest(operation, naming), naming).map((request) => ({ operation, ...request })),
    );
    const unnoticed = wrong
      .map(({ operation, kind, member, input }) => ({
        expected: `${operation.name}: ${kind} ${member}`,
        found: checkInput(operation, input, naming).map((problem) => `${problem.kind} ${problem.member}`),
      }))
      .filter(({ expected, found }) => !found.some((problem) => expected.endsWith(`: ${problem}`)))
      .map(({ expected, found }) => `${expected}, found ${found.join(', ')}`);
    expect(wrong.length).toBeGreaterThan(operations.length * 2);
    expect(unnoticed).toEqual([]);
  });

  it('have a protocol', () => {
    expect(Object.keys(serviceProtocols)).toContain(service);
  });
});

describe('a request that the model does not allow', () => {
  const faultOf = (service: 'mq' | 'ssm', operation: string, input: Readonly<Record<string, unknown>>): unknown => {
    try {
      requireModelledRequest(service, { operation, input });
      return undefined;
    } catch (error) {
      return error;
    }
  };

  it('is answered with the error of its service', () => {
    expect(faultOf('ssm', 'GetParameter', {})).toMatchObject({
      code: 'ValidationException',
      statusCode: 400,
      message: 'GetParameter: member "Name" is required',
      details: {},
    });
    expect(faultOf('mq', 'Promote', { brokerId: 'b', mode: 1 })).toMatchObject({
      code: 'BadRequestException',
      details: { errorAttribute: 'mode' },
    });
    expect(faultOf('mq', 'Promote', {})).toBeInstanceOf(ApiFault);
  });

  it('is left to the service where the operation is none of the model', () => {
    expect(faultOf('ssm', 'GetParamter', { Nmae: 'x' })).toBeUndefined();
  });
});
