import { type BrokerSnapshot, servingStates } from '../brokers/broker-snapshot.ts';
import { blocker, type Check, type CheckResult, findingsOr, ok, warning } from './check.ts';
import { bothBrokers, brokerOf, type ReadinessFacts, sidesByRole } from './readiness-facts.ts';

/** The code that pages operators, since any promotion could make it worse. */
export const bothPrimaryCode = 'BOTH_PRIMARY';

/** Brokers that could be read, with what each of them says, one result for each. */
const ofEach = (facts: ReadinessFacts, judge: (broker: BrokerSnapshot) => CheckResult | undefined): CheckResult[] =>
  (facts.members.known ? facts.members.value : [])
    .map((member) => brokerOf(member))
    .flatMap((broker) => (broker === undefined ? [] : (judge(broker) ?? [])));

const nothingRead = ok('no broker could be read; see the check "brokers"');

/** The pair has two brokers, and both can be read. */
export const checkBrokers: Check = ({ members, pair }) => {
  if (!members.known) {
    return [blocker('MEMBERS_UNKNOWN', `it is unknown which brokers form ${pair.name}: ${members.reason}`)];
  }
  const unreadable = members.value.flatMap(({ ref, reading }) =>
    reading.known
      ? []
      : [
          blocker('BROKER_UNREADABLE', `${ref.brokerName} in ${ref.region} cannot be read: ${reading.reason}`, {
            brokerId: ref.brokerId,
          }),
        ],
  );
  return findingsOr(
    unreadable,
    ok('both brokers can be read', { brokers: members.value.map(({ ref }) => ref.brokerId) }),
  );
};

/** One broker is the primary, the other one its replica, and each names the other. */
export const checkRoles: Check = (facts) => {
  if (!facts.members.known) return [nothingRead];
  const both = bothBrokers(facts);
  if (both?.every(({ role }) => role === 'primary')) {
    return [
      blocker(
        bothPrimaryCode,
        'both brokers report that they are primary: find out which one clients use before you promote anything',
        { brokers: both.map(({ brokerId }) => brokerId) },
      ),
    ];
  }
  const findings = ofEach(facts, ({ brokerId, role, roleText }) =>
    role === 'primary' || role === 'replica'
      ? undefined
      : blocker(
          role === 'unknown' ? 'ROLE_UNKNOWN' : 'NOT_PAIRED',
          role === 'unknown'
            ? `${brokerId} has the role "${roleText}", which this version does not know`
            : `${brokerId} takes no part in replication: run create-replica`,
          { brokerId, role: roleText },
        ),
  );
  const sides = sidesByRole(facts);
  if (findings.length === 0 && sides === undefined && both !== undefined) {
    findings.push(blocker('NO_PRIMARY', 'no broker reads primary', { roles: both.map(({ roleText }) => roleText) }));
  }
  for (const broker of both ?? []) {
    const other = both?.find(({ brokerId }) => brokerId !== broker.brokerId);
    if (broker.counterpart === undefined || broker.counterpart.brokerId === other?.brokerId) continue;
    findings.push(
      blocker('COUNTERPART_DIFFERS', `${broker.brokerId} replicates with ${broker.counterpart.brokerId} instead`, {
        brokerId: broker.brokerId,
        counterpart: broker.counterpart.brokerId,
        expected: other?.brokerId,
      }),
    );
  }
  return findingsOr(
    findings,
    ok('one primary and one replica', {
      primary: sides?.primary.ref.brokerId,
      replica: sides?.replica.ref.brokerId,
    }),
  );
};

/** Both brokers serve their role. */
export const checkStates: Check = (facts) =>
  findingsOr(
    ofEach(facts, ({ brokerId, state }) =>
      servingStates.includes(state)
        ? undefined
        : blocker('BROKER_NOT_RUNNING', `${brokerId} is ${state}`, { brokerId, state }),
    ),
    ok('the brokers that could be read serve their roles', { states: bothBrokers(facts)?.map(({ state }) => state) }),
  );

/** No reboot will end or begin replication. */
export const checkPendingReplication: Check = (facts) =>
  findingsOr(
    ofEach(facts, ({ brokerId, pendingReplicationMode: mode }) =>
      mode === undefined
        ? undefined
        : blocker(
            'REPLICATION_CHANGE_PENDING',
            `the next reboot of ${brokerId}, even one by the service, changes its replication mode to ${mode}`,
            { brokerId, pendingReplicationMode: mode },
          ),
    ),
    ok('no change of the replication mode waits for a reboot'),
  );

/** Nothing else waits for a reboot, where it would come as a surprise. */
export const checkPendingChanges: Check = (facts) =>
  findingsOr(
    ofEach(facts, ({ brokerId, pendingChanges }) =>
      pendingChanges.length === 0
        ? undefined
        : warning('CHANGES_PENDING', `the next reboot of ${brokerId} also applies: ${pendingChanges.join('; ')}`, {
            brokerId,
            pendingChanges,
          }),
    ),
    ok('no other change waits for a reboot'),
  );

/** The service demands nothing. */
export const checkActionsRequired: Check = (facts) =>
  findingsOr(
    ofEach(facts, ({ brokerId, actionsRequired }) =>
      actionsRequired.length === 0
        ? undefined
        : blocker('ACTION_REQUIRED', `the service requires action on ${brokerId}: ${actionsRequired.join(', ')}`, {
            brokerId,
            actionsRequired,
          }),
    ),
    ok('the service requires no action'),
  );
