import type { Members } from '../../api/service.ts';
import type { BrokerRecord, PendingUserChange, UserRecord, UserSettings } from './broker-record.ts';
import { userSummaries } from './broker-view.ts';
import { badRequest, mqFault } from './mq-fault.ts';
import type { MqInput } from './mq-input.ts';
import { pageByKey } from './paging.ts';
import { checkGroupCount, checkPassword, checkUserCount, checkUsername } from './value-rules.ts';

/** A user as a request describes it. */
export interface RequestedUser {
  readonly username: string;
  readonly password: string;
  readonly consoleAccess?: boolean | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly replicationUser?: boolean | undefined;
}

/** Checks a requested user as the service does. @throws ApiFault BadRequestException */
const userSettings = (user: RequestedUser): UserSettings => {
  checkUsername(user.username);
  checkPassword(user.password);
  checkGroupCount(user.groups?.length ?? 0);
  const settings = {
    password: user.password,
    consoleAccess: user.consoleAccess ?? false,
    groups: user.groups ?? [],
    replicationUser: user.replicationUser ?? false,
  };
  if (settings.replicationUser && settings.consoleAccess) {
    // docs/amazon-mq.md 2: the two attributes exclude each other.
    throw badRequest(
      'Replication user cannot have console access: the attributes exclude each other.',
      'replicationUser',
    );
  }
  return settings;
};

/** Users of a request to create a broker, in force from the start. @throws ApiFault BadRequestException */
export const initialUsers = (users: readonly RequestedUser[]): Map<string, UserRecord> => {
  checkUserCount(users.length);
  const records = new Map<string, UserRecord>();
  for (const user of users) {
    if (records.has(user.username)) throw badRequest(`User [${user.username}] is given twice.`, 'users');
    records.set(user.username, { username: user.username, current: userSettings(user), pending: undefined });
  }
  return records;
};

/** Adds a user with the next reboot. @throws ApiFault BadRequestException, ConflictException */
export const createUser = (record: BrokerRecord, input: MqInput<'CreateUser'>): Members => {
  requireChangeable(record);
  if (record.users.has(input.username)) {
    throw mqFault('ConflictException', `User [${input.username}] already exists.`, 'username');
  }
  checkUserCount(record.users.size + 1);
  const pending: PendingUserChange = { change: 'CREATE', settings: userSettings(input) };
  record.users.set(input.username, { username: input.username, current: undefined, pending });
  return {};
};

/** Changes a user with the next reboot. @throws ApiFault BadRequestException, NotFoundException */
export const updateUser = (record: BrokerRecord, input: MqInput<'UpdateUser'>): Members => {
  requireChangeable(record);
  const user = requireUser(record, input.username);
  const base = user.pending !== undefined && user.pending.change !== 'DELETE' ? user.pending.settings : user.current;
  if (base === undefined)
    throw mqFault('NotFoundException', `Can't find requested user [${input.username}].`, 'username');
  const settings = userSettings({
    username: input.username,
    password: input.password ?? base.password,
    consoleAccess: input.consoleAccess ?? base.consoleAccess,
    groups: input.groups ?? base.groups,
    replicationUser: input.replicationUser ?? base.replicationUser,
  });
  user.pending = { change: user.current === undefined ? 'CREATE' : 'UPDATE', settings };
  return {};
};

/** Removes a user with the next reboot. @throws ApiFault BadRequestException, NotFoundException */
export const deleteUser = (record: BrokerRecord, username: string): Members => {
  requireChangeable(record);
  const user = requireUser(record, username);
  if (user.current === undefined) record.users.delete(username);
  else user.pending = { change: 'DELETE' };
  return {};
};

/** @throws ApiFault NotFoundException */
export const describeUser = (record: BrokerRecord, username: string): Members => {
  const user = requireUser(record, username);
  const { pending } = user;
  const pendingSettings = pending !== undefined && pending.change !== 'DELETE' ? pending.settings : undefined;
  const shown = user.current ?? pendingSettings;
  return {
    brokerId: record.brokerId,
    username,
    consoleAccess: shown?.consoleAccess,
    groups: shown?.groups,
    replicationUser: shown?.replicationUser,
    pending: pending && {
      pendingChange: pending.change,
      consoleAccess: pendingSettings?.consoleAccess,
      groups: pendingSettings?.groups,
    },
  };
};

/** One page of users. @throws ApiFault BadRequestException for a token that was not given out */
export const listUsers = (record: BrokerRecord, input: MqInput<'ListUsers'>): Members => {
  const { items, nextToken } = pageByKey(userSummaries(record), (user) => String(user.username), input);
  return { brokerId: record.brokerId, maxResults: input.maxResults, nextToken, users: items };
};

const requireChangeable = (record: BrokerRecord): void => {
  if (record.engineType !== 'ActiveMQ')
    throw badRequest('Users of this engine are not managed by this API.', 'broker-id');
  if (record.state !== 'RUNNING') {
    throw badRequest(
      `Broker [${record.brokerId}] is in state ${record.state}; its users cannot be changed.`,
      'broker-id',
    );
  }
};

const requireUser = (record: BrokerRecord, username: string): UserRecord => {
  const user = record.users.get(username);
  if (user !== undefined) return user;
  throw mqFault(
    'NotFoundException',
    `Can't find requested user [${username}]. Make sure your user exists.`,
    'username',
  );
};
