import { ApiFault } from '../api/service.ts';
import { maxNameCharacters } from './limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the service refuses control characters by name
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/u;

/**
 * Rules for names of state machines and executions,
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html.
 *
 * @throws ApiFault InvalidName
 */
export const requireName = (name: string): void => {
  const reason =
    name.length === 0 || name.length > maxNameCharacters
      ? `a name has 1 to ${maxNameCharacters} characters, this one has ${name.length}`
      : forbidden.exec(name) !== null
        ? `a name has no whitespace, no <>{}[]?*"#%\\^|~\`$&,;:/ and no control characters`
        : undefined;
  if (reason !== undefined) throw new ApiFault('InvalidName', 400, `Invalid Name: '${name}': ${reason}`);
};

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
