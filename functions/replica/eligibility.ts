import type { Credentials } from '../brokers/broker-secrets.ts';
import type { BrokerSnapshot, UserRights } from '../brokers/broker-snapshot.ts';
import type { Assessment, Finding } from '../runtime/finding.ts';
import { passwordProblem, userNameProblem } from './credential-rules.ts';
import type { CreateReplicaInput } from './replica-request.ts';

/** Oldest engine version with cross-Region data replication; docs/amazon-mq.md 1. */
const minEngineVersion = [5, 17, 6] as const;

/** Oldest engine version that new brokers, and so replicas, can be created with; docs/amazon-mq.md 1.2. */
const oldestOfferedVersion = [5, 18] as const;

/** The replication plugin's public source exists for 5.17 and 5.18; docs/amazon-mq.md 15. */
const oldestUnconfirmedVersion = [5, 19] as const;

/** Instance types that replicate: the m5 family from large up. m7g is for RabbitMQ alone; docs/amazon-mq.md 1. */
const instanceTypePattern = /^mq\.m5\.(\d*x?large)$/;

/** Regions that the documentation names; the list may grow, so another one is a warning. docs/amazon-mq.md 1. */
const documentedRegions: readonly string[] = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'];

/** docs/amazon-mq.md 8. */
const brokerNamePattern = /^[A-Za-z0-9_-]{1,50}$/;

/** What is known when a replica is asked for. */
export interface EligibilityFacts {
  readonly input: CreateReplicaInput;
  readonly primary: BrokerSnapshot;
  /** The broker that has the replica's name in the replica's Region already, if any. */
  readonly namesake: BrokerSnapshot | undefined;
  /** Whether the open or settled intent record says that this decision created the namesake. */
  readonly namesakeIsOurs: boolean;
  readonly consoleUser: Credentials;
  readonly replicationUser: Credentials;
  readonly applicationUsers: readonly Credentials[];
  /** The replication user as the primary knows it, if it does. */
  readonly replicationUserOnPrimary: UserRights | undefined;
}

const versionBelow = (version: string, minimum: readonly number[]): boolean => {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of minimum.entries()) {
    const part = parts[index] ?? 0;
    // A version that is no number cannot be shown to be new enough.
    if (Number.isNaN(part)) return true;
    if (part !== wanted) return part < wanted;
  }
  return false;
};

const engineFindings = ({ primary }: EligibilityFacts): Finding[] => {
  const evidence = { engine: primary.engine, engineVersion: primary.engineVersion };
  if (primary.engine !== 'activemq') {
    const message = `replication needs ActiveMQ, the broker runs ${primary.engine}`;
    return [{ code: 'ENGINE_NOT_ACTIVEMQ', message, evidence }];
  }
  if (versionBelow(primary.engineVersion, minEngineVersion)) {
    const message = `replication needs ActiveMQ ${minEngineVersion.join('.')} or later, the broker runs ${primary.engineVersion}`;
    return [{ code: 'ENGINE_TOO_OLD', message, evidence }];
  }
  if (versionBelow(primary.engineVersion, oldestOfferedVersion)) {
    const message = `a replica runs its primary's version, and brokers can no longer be created with ${primary.engineVersion}`;
    return [{ code: 'ENGINE_ENDED', message, evidence }];
  }
  return [];
};

const instanceFindings = ({ primary }: EligibilityFacts): Finding[] => {
  if (instanceTypePattern.test(primary.instanceType)) return [];
  const evidence = { instanceType: primary.instanceType };
  return primary.instanceType.startsWith('mq.m7g')
    ? [{ code: 'INSTANCE_FAMILY_UNSUPPORTED', message: `${primary.instanceType} is for RabbitMQ only`, evidence }]
    : [
        {
          code: 'INSTANCE_TOO_SMALL',
          message: `replication needs mq.m5.large or larger, not ${primary.instanceType}`,
          evidence,
        },
      ];
};

const stateFindings = ({ primary }: EligibilityFacts): Finding[] => {
  const findings: Finding[] = [];
  if (primary.deploymentMode !== 'ACTIVE_STANDBY_MULTI_AZ') {
    findings.push({
      code: 'NOT_ACTIVE_STANDBY',
      message: `replication needs an active/standby broker, but this one is ${primary.deploymentMode}`,
      evidence: { deploymentMode: primary.deploymentMode },
    });
  }
  if (primary.state !== 'RUNNING') {
    findings.push({
      code: 'NOT_RUNNING',
      message: `the primary must be RUNNING, but it is ${primary.state}`,
      evidence: { state: primary.state },
    });
  }
  if (primary.actionsRequired.length > 0) {
    findings.push({
      code: 'ACTION_REQUIRED',
      message: `the service requires action on the primary first: ${primary.actionsRequired.join(', ')}`,
      evidence: { actionsRequired: primary.actionsRequired },
    });
  }
  return findings;
};

/** Whether the two brokers point at each other already, in force or pending. */
const isSamePair = (primary: BrokerSnapshot, namesake: BrokerSnapshot | undefined): boolean =>
  namesake !== undefined &&
  [primary.counterpart, primary.pendingCounterpart].some(
    (counterpart) => counterpart?.brokerId === namesake.brokerId && counterpart.region === namesake.region,
  );

/** Whether the namesake is the replica that this very decision has made, so that the run may go on with it. */
export const isOwnReplica = (facts: Pick<EligibilityFacts, 'primary' | 'namesake' | 'namesakeIsOurs'>): boolean =>
  facts.namesake !== undefined && (facts.namesakeIsOurs || isSamePair(facts.primary, facts.namesake));

const pairingFindings = (facts: EligibilityFacts): Finding[] => {
  const { primary, namesake, input } = facts;
  const findings: Finding[] = [];
  const own = isOwnReplica(facts);
  // After a promotion the primary named in the input is the replica: this workflow has nothing to add to such a pair.
  if (primary.role !== 'none' && !(primary.role === 'primary' && isSamePair(primary, namesake))) {
    findings.push({
      code: 'ALREADY_PAIRED',
      message: `the primary already replicates, as ${primary.roleText} with ${primary.counterpart?.brokerId ?? 'an unnamed counterpart'}`,
      evidence: { role: primary.roleText, counterpart: primary.counterpart },
    });
  } else if (primary.pendingReplicationMode === 'CRDR' && !own) {
    findings.push({
      code: 'PAIRING_PENDING',
      message: 'another pairing is waiting for the primary to be rebooted',
      evidence: { pendingCounterpart: primary.pendingCounterpart },
    });
  }
  if (namesake !== undefined && !own) {
    findings.push({
      code: 'NAME_TAKEN',
      message: `broker ${namesake.brokerId} in ${input.replicaRegion} already has the name "${input.replicaName}"`,
      evidence: { brokerId: namesake.brokerId, state: namesake.state },
    });
  }
  return findings;
};

/** The replica that this decision has made already; undefined where the pair is not, or no longer, the one asked for. */
export const existingReplica = (facts: EligibilityFacts): BrokerSnapshot | undefined =>
  isOwnReplica(facts) && pairingFindings(facts).length === 0 ? facts.namesake : undefined;

const requestFindings = ({ input }: EligibilityFacts): Finding[] => {
  const findings: Finding[] = [];
  if (input.replicaRegion === input.primaryBrokerArn.region) {
    findings.push({
      code: 'SAME_REGION',
      message: `the replica must not be in the primary's Region (${input.replicaRegion})`,
      evidence: { region: input.replicaRegion },
    });
  }
  if (!brokerNamePattern.test(input.replicaName)) {
    findings.push({
      code: 'NAME_INVALID',
      message: `"${input.replicaName}" is not a broker name: use 1–50 letters, digits, hyphens and underscores`,
      evidence: { replicaName: input.replicaName },
    });
  }
  return findings;
};

const userFindings = (facts: EligibilityFacts): Finding[] => {
  const { consoleUser, replicationUser, applicationUsers, replicationUserOnPrimary } = facts;
  const findings: Finding[] = [];
  for (const [user, username, password] of [
    ['console user', consoleUser.username, consoleUser.password],
    ['replication user', replicationUser.username, replicationUser.password],
    ...applicationUsers.map(({ username, password }) => ['application user', username, password] as const),
  ] as const) {
    const nameProblem = userNameProblem(username);
    if (nameProblem)
      findings.push({ code: 'USER_NAME_INVALID', message: `${user}: ${nameProblem}`, evidence: { username } });
    const secretProblem = passwordProblem(password);
    if (secretProblem)
      findings.push({ code: 'PASSWORD_INVALID', message: `${user}: ${secretProblem}`, evidence: { username } });
  }
  const { username } = replicationUser;
  const names = [consoleUser, replicationUser, ...applicationUsers].map((user) => user.username);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (repeated.length > 0) {
    findings.push({
      code: 'USERS_EQUAL',
      message: `the replica's users must differ, but more than one secret names ${repeated.join(', ')}`,
      evidence: { repeated },
    });
  }
  if (replicationUserOnPrimary === undefined) {
    findings.push({
      code: 'REPLICATION_USER_MISSING',
      message: `the primary has no user "${username}"; create it there with ReplicationUser, the same password and no console access`,
      evidence: { username },
    });
  } else if (replicationUserOnPrimary.consoleAccess) {
    findings.push({
      code: 'REPLICATION_USER_HAS_CONSOLE',
      message: `user "${username}" of the primary has console access, which a replication user must not have`,
      evidence: { username },
    });
  } else if (!replicationUserOnPrimary.replicationUser) {
    findings.push({
      code: 'REPLICATION_USER_NOT_MARKED',
      message: `user "${username}" of the primary is not a replication user`,
      evidence: { username },
    });
  }
  return findings;
};

const warningsOf = (facts: EligibilityFacts): Finding[] => {
  const { input, primary, namesake, consoleUser, replicationUser, applicationUsers } = facts;
  const warnings: Finding[] = [];
  const known = [consoleUser, replicationUser, ...applicationUsers].map((user) => user.username);
  const missing = primary.userNames.filter((name) => !known.includes(name) && !namesake?.userNames.includes(name));
  if (missing.length > 0) {
    warnings.push({
      code: 'USERS_MISSING_ON_REPLICA',
      message: `users are not replicated: ${missing.join(', ')} could not log in after a promotion; name their secrets in applicationUserSecretArns`,
      evidence: { missing },
    });
  }
  const undocumented = [input.primaryBrokerArn.region, input.replicaRegion].filter(
    (region) => !documentedRegions.includes(region),
  );
  if (undocumented.length > 0) {
    warnings.push({
      code: 'REGION_UNDOCUMENTED',
      message: `replication is not documented for ${undocumented.join(' and ')}; the service will decide`,
      evidence: { regions: undocumented },
    });
  }
  if (!versionBelow(primary.engineVersion, oldestUnconfirmedVersion)) {
    warnings.push({
      code: 'ENGINE_UNCONFIRMED',
      message: `replication with ActiveMQ ${primary.engineVersion} is not confirmed by the plugin's public source`,
      evidence: { engineVersion: primary.engineVersion },
    });
  }
  if (primary.pendingChanges.length > 0) {
    warnings.push({
      code: 'PENDING_CHANGES',
      message: `the pairing reboot will also apply: ${primary.pendingChanges.join('; ')}`,
      evidence: { pendingChanges: primary.pendingChanges },
    });
  }
  return warnings;
};

/** Whether a replica may be created: every blocker and every warning at once. docs/amazon-mq.md 1, 2. */
export const assessEligibility = (facts: EligibilityFacts): Assessment => ({
  blockers: [
    ...engineFindings(facts),
    ...instanceFindings(facts),
    ...stateFindings(facts),
    ...pairingFindings(facts),
    ...requestFindings(facts),
    ...userFindings(facts),
  ],
  warnings: warningsOf(facts),
});
