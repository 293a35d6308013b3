import type { DeploymentMode, EngineType } from './broker-record.ts';
import { badRequest } from './mq-fault.ts';

// Where the documented rules differ, the stricter one is applied: docs/amazon-mq.md 8.11.
const brokerNamePattern = /^[A-Za-z0-9_-]{1,50}$/;
const usernamePattern = /^[A-Za-z0-9._~-]{2,100}$/;
/** 12–250 printable ASCII characters, none of `, : =`. */
const passwordPattern = /^(?:(?![,:=])[ -~]){12,250}$/;
const minDifferentCharacters = 4;
/** docs/amazon-mq.md 1.10. */
const maxUsers = 250;
const maxGroups = 20;

/** Instance types for ActiveMQ, smallest first (docs/amazon-mq.md 1). */
export const activeMqInstanceTypes: readonly string[] = [
  'mq.t2.micro',
  'mq.t3.micro',
  'mq.m4.large',
  'mq.m5.large',
  'mq.m5.xlarge',
  'mq.m5.2xlarge',
  'mq.m5.4xlarge',
];

const engines: Readonly<Record<string, EngineType>> = { activemq: 'ActiveMQ', rabbitmq: 'RabbitMQ' };
const deploymentModes: readonly DeploymentMode[] = ['SINGLE_INSTANCE', 'ACTIVE_STANDBY_MULTI_AZ', 'CLUSTER_MULTI_AZ'];

/** @throws ApiFault BadRequestException */
export const checkBrokerName = (name: string): void => {
  if (brokerNamePattern.test(name)) return;
  throw badRequest('Broker name must be 1-50 characters: letters, digits, - and _.', 'brokerName');
};

/** @throws ApiFault BadRequestException */
export const checkUsername = (username: string): void => {
  if (usernamePattern.test(username)) return;
  throw badRequest('Username must be 2-100 characters: letters, digits and - . _ ~.', 'username');
};

/** @throws ApiFault BadRequestException, without the password */
export const checkPassword = (password: string): void => {
  if (passwordPattern.test(password) && new Set(password).size >= minDifferentCharacters) return;
  throw badRequest(
    'Password must be 12-250 printable characters, at least 4 of them unique, without commas, colons or equal signs.',
    'password',
  );
};

/** @throws ApiFault BadRequestException */
export const checkUserCount = (count: number): void => {
  if (count > maxUsers) throw badRequest(`A broker has at most ${maxUsers} users.`, 'users');
};

/** @throws ApiFault BadRequestException */
export const checkGroupCount = (count: number): void => {
  if (count > maxGroups) throw badRequest(`A user is in at most ${maxGroups} groups.`, 'groups');
};

/** Subnets that a deployment takes where any are given (docs/amazon-mq.md 8.3). @throws ApiFault BadRequestException */
export const checkSubnets = (subnetIds: readonly string[] | undefined, deploymentMode: DeploymentMode): void => {
  const wanted = deploymentMode === 'ACTIVE_STANDBY_MULTI_AZ' ? 2 : 1;
  if (subnetIds === undefined || subnetIds.length === wanted) return;
  throw badRequest(`${deploymentMode} takes ${wanted} subnets, not ${subnetIds.length}.`, 'subnetIds');
};

/** The engine as answers spell it; requests may use any case. @throws ApiFault BadRequestException */
export const parseEngineType = (text: string): EngineType => {
  const engine = engines[text.toLowerCase()];
  if (engine === undefined)
    throw badRequest(`Invalid engine type [${text}]. Valid values: ACTIVEMQ, RABBITMQ.`, 'engineType');
  return engine;
};

/** @throws ApiFault BadRequestException */
export const parseDeploymentMode = (text: string): DeploymentMode => parseEnum(text, deploymentModes, 'deploymentMode');

/** @throws ApiFault BadRequestException */
const parseEnum = <T extends string>(text: string, allowed: readonly T[], member: string): T => {
  const found = allowed.find((value) => value === text);
  if (found === undefined)
    throw badRequest(`Invalid value [${text}] for ${member}. Valid values: ${allowed.join(', ')}.`, member);
  return found;
};

/** @throws ApiFault BadRequestException */
export const checkInstanceType = (text: string): void => {
  parseEnum(text, activeMqInstanceTypes, 'hostInstanceType');
};
