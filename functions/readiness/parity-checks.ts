import type { BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import type { Reading } from '../runtime/reading.ts';
import { blocker, type Check, type CheckResult, findingsOr, ok, warning } from './check.ts';
import { bothBrokers, brokerOf, sidesByRole } from './readiness-facts.ts';

const unread = (what: string): CheckResult =>
  warning(`${what}_UNKNOWN`, 'one of the brokers could not be read, so they cannot be compared');

/** `5.18.4` as `5.18`: what a request names, and what decides about compatibility; docs/amazon-mq.md 8.12. */
const line = (version: string): string => version.split('.').slice(0, 2).join('.');

const pairOf = <K extends keyof BrokerSnapshot>([a, b]: readonly [BrokerSnapshot, BrokerSnapshot], key: K) =>
  ({ [a.brokerId]: a[key], [b.brokerId]: b[key] }) as const;

/** Both brokers run the same engine version. */
export const checkEngineVersion: Check = (facts) => {
  const both = bothBrokers(facts);
  if (both === undefined) return [unread('ENGINE_VERSION')];
  const [a, b] = both.map(({ engineVersion }) => engineVersion);
  const evidence = pairOf(both, 'engineVersion');
  if (a === undefined || b === undefined || [a, b].includes('unknown')) {
    return [warning('ENGINE_VERSION_UNKNOWN', 'an answer of the service named no engine version', evidence)];
  }
  if (a === b) return [ok('both brokers run the same engine version', evidence)];
  // The service patches each broker in its own maintenance window; docs/amazon-mq.md 7.
  return line(a) === line(b)
    ? [warning('ENGINE_PATCH_DIFFERS', `the brokers differ by a patch: ${a} and ${b}`, evidence)]
    : [blocker('ENGINE_VERSION_DIFFERS', `the brokers run ${a} and ${b}`, evidence)];
};

/** The replica can carry what the primary carries. */
export const checkInstances: Check = (facts) => {
  const both = bothBrokers(facts);
  if (both === undefined) return [unread('INSTANCE')];
  const [a, b] = both;
  const evidence = {
    ...pairOf(both, 'instanceType'),
    deploymentModes: both.map(({ deploymentMode }) => deploymentMode),
  };
  const findings: CheckResult[] = [];
  if (a.instanceType !== b.instanceType) {
    const types = `${a.instanceType} and ${b.instanceType}`;
    findings.push(
      warning('INSTANCE_TYPE_DIFFERS', `the brokers are ${types}: after a promotion the load may not fit`, evidence),
    );
  }
  if (a.deploymentMode !== b.deploymentMode) {
    const modes = `${a.deploymentMode} and ${b.deploymentMode}`;
    findings.push(blocker('DEPLOYMENT_MODE_DIFFERS', `the brokers are deployed as ${modes}`, evidence));
  }
  return findingsOr(findings, ok('both brokers have the same size and kind', evidence));
};

/** Whoever can log in to the primary can log in to the replica after a promotion. Users do not cross; docs/amazon-mq.md 3. */
export const checkUsers: Check = (facts) => {
  const sides = sidesByRole(facts);
  const primary = sides && brokerOf(sides.primary)?.userNames;
  const replica = sides && brokerOf(sides.replica)?.userNames;
  if (primary === undefined || replica === undefined) return [unread('USERS')];
  const { unsharedUsers } = facts.pair.readiness;
  const missing = (from: readonly string[], present: readonly string[]): readonly string[] =>
    present.filter((name) => !from.includes(name) && !unsharedUsers.includes(name));
  const onReplica = missing(replica, primary);
  const onPrimary = missing(primary, replica);
  const findings: CheckResult[] = [];
  if (onReplica.length > 0) {
    findings.push(
      blocker(
        'USERS_MISSING_ON_REPLICA',
        `these users cannot log in after a promotion: ${onReplica.join(', ')}; create them on the replica, or list them under unsharedUsers`,
        { users: onReplica },
      ),
    );
  }
  if (onPrimary.length > 0) {
    findings.push(
      warning('USERS_MISSING_ON_PRIMARY', `these users exist only on the replica: ${onPrimary.join(', ')}`, {
        users: onPrimary,
      }),
    );
  }
  return findingsOr(findings, ok('both brokers have the same users', { users: primary.length, unsharedUsers }));
};

/** A replication user exists on both brokers, without console access, which the service refuses; docs/amazon-mq.md 2.6. */
export const checkReplicationUser: Check = (facts) => {
  const sides = sidesByRole(facts);
  if (sides === undefined) return [unread('REPLICATION_USER')];
  const read = [...sides.primary.users.keys()].map((username) => ({
    username,
    rights: [sides.primary.users.get(username), sides.replica.users.get(username)],
  }));
  const isReplicator = (reading: Reading<{ readonly replicationUser: boolean }> | undefined): boolean =>
    reading?.known === true && reading.value.replicationUser;
  const found = read.find(({ rights }) => rights.every(isReplicator));
  if (found !== undefined) {
    const { username } = found;
    return found.rights.some((reading) => reading?.known && reading.value.consoleAccess)
      ? [
          blocker(
            'REPLICATION_USER_HAS_CONSOLE_ACCESS',
            `"${username}" has console access, which a replication user must not have`,
            { username },
          ),
        ]
      : [ok('both brokers have the replication user', { username })];
  }
  const unknown = read.flatMap(({ username, rights }) => (rights.every((reading) => reading?.known) ? [] : [username]));
  const shared = brokerOf(sides.primary)?.userNames.filter((name) => brokerOf(sides.replica)?.userNames.includes(name));
  const { replicationUser: wanted } = facts.pair.readiness;
  const complete =
    shared !== undefined && (wanted !== undefined || shared.every((name) => sides.primary.users.has(name)));
  if (unknown.length > 0 || !complete) {
    return [
      warning(
        'REPLICATION_USER_UNKNOWN',
        'no replication user was found among the users that could be read; name it in readiness.replicationUser',
        { lookedAt: read.map(({ username }) => username), unreadable: unknown },
      ),
    ];
  }
  return [
    blocker(
      'REPLICATION_USER_MISSING',
      wanted === undefined
        ? 'no user of both brokers is a replication user'
        : `"${wanted}" is not a replication user on both brokers`,
      { lookedAt: read.map(({ username }) => username) },
    ),
  ];
};
