import { checkInput } from './input-check.ts';
import type { DecodedCall } from './protocols/wire-protocol.ts';
import type { Naming } from './sdk-model.ts';
import { ApiFault } from './service.ts';
import { type SigningName, serviceModels } from './service-models.ts';

/** The error that each service answers to a request that it cannot take for one of its own. */
const invalidRequestCodes: Readonly<Record<SigningName, string>> = {
  mq: 'BadRequestException',
  states: 'ValidationException',
  dynamodb: 'ValidationException',
  monitoring: 'ValidationError',
  events: 'ValidationException',
  secretsmanager: 'InvalidParameterException',
  lambda: 'InvalidParameterValueException',
  ssm: 'ValidationException',
  s3: 'InvalidArgument',
  sns: 'InvalidParameter',
};

/** Lambda and S3 see members as the SDK spells them, whatever their names on the wire. */
export const namingOf = (service: SigningName): Naming =>
  service === 'lambda' || service === 's3' ? 'modelled' : 'wire';

/**
 * Compares a request with the SDK's own model of the operation. A service may still refuse what the model allows; an
 * operation that the model lacks is left to it as well.
 *
 * @throws ApiFault naming the first member that is unknown, missing or of another type
 */
export const requireModelledRequest = (service: SigningName, call: DecodedCall): void => {
  const operation = serviceModels[service].get(call.operation);
  const problem = operation && checkInput(operation, call.input, namingOf(service))[0];
  if (problem === undefined) return;
  // docs/amazon-mq.md 9.1: the body of an error names the attribute.
  const details = service === 'mq' ? { errorAttribute: problem.member } : {};
  throw new ApiFault(invalidRequestCodes[service], 400, `${call.operation}: ${problem.message}`, details);
};
