import { ApiFault } from '../api/service.ts';

/** arn:aws:states:us-east-1:111122223333:stateMachine:switchover */
export const stateMachineArn = (region: string, accountId: string, name: string): string =>
  `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;

/** arn:aws:states:us-east-1:111122223333:execution:switchover:run-1 */
export const executionArn = (region: string, accountId: string, machine: string, name: string): string =>
  `arn:aws:states:${region}:${accountId}:execution:${machine}:${name}`;

/**
 * Checks that `arn` looks like an ARN of Step Functions of the given kind.
 *
 * @throws ApiFault InvalidArn
 */
export const requireArn = (arn: string, kind: 'stateMachine' | 'execution'): void => {
  const [prefix, partition, service, , , type] = arn.split(':');
  if (prefix !== 'arn' || partition !== 'aws' || service !== 'states') {
    throw new ApiFault('InvalidArn', 400, `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  }
  if (type !== kind) {
    throw new ApiFault('InvalidArn', 400, `Invalid Arn: 'Resource type not valid in this context: ${type ?? ''}'`);
  }
};
