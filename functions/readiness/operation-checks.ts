import { newestPoint } from '../brokers/replication-gauges.ts';
import { freshMs } from '../brokers/replication-limits.ts';
import { clockProblems, silenceMs } from '../control/heartbeat.ts';
import { blocker, type Check, type CheckResult, findingsOr, ok, warning } from './check.ts';
import { describeWindow, windowsOverlap } from './maintenance-window.ts';
import { bothBrokers, type MemberFacts, type ReadinessFacts } from './readiness-facts.ts';

const dayMs = 86_400_000;

const ofEach = (
  facts: ReadinessFacts,
  judge: (member: MemberFacts) => readonly CheckResult[],
): readonly CheckResult[] => (facts.members.known ? facts.members.value : []).flatMap(judge);

/** The Control table answers: without it automatic runs stop and nobody can be sure to be alone. */
export const checkControl: Check = ({ guards }) =>
  guards.known
    ? [ok('the Control table can be read')]
    : [blocker('CONTROL_UNREACHABLE', `the Control table cannot be reached: ${guards.reason}`)];

/** Nobody has frozen the pair or stopped its automatic runs, and its newest promotion has been acknowledged. */
export const checkGuards: Check = ({ guards }) => {
  if (!guards.known) return [ok('not known; see the check "control table"')];
  const { freeze, globalFreeze, epoch, stop } = guards;
  const findings: CheckResult[] = [];
  for (const frozen of [freeze, globalFreeze]) {
    if (frozen === undefined) continue;
    const { by, reason } = frozen;
    const scope = frozen === freeze ? 'this pair' : 'everything';
    findings.push(blocker('FROZEN', `${by} froze ${scope}: ${reason}`, { scope, by, reason }));
  }
  if (stop !== undefined) {
    const { kind, reason, atMs } = stop;
    const since = new Date(atMs).toISOString();
    findings.push(
      warning('AUTOMATION_STOPPED', `automatic runs are stopped since ${since} (${kind}): ${reason}`, { kind, since }),
    );
  }
  if (epoch !== undefined && epoch.acknowledgedAtMs === undefined) {
    findings.push(
      warning('PROMOTION_UNACKNOWLEDGED', `the ${epoch.mode} to ${epoch.primaryRegion} has not been acknowledged`, {
        epoch: epoch.number,
        promotedAt: new Date(epoch.promotedAtMs).toISOString(),
      }),
    );
  }
  return findingsOr(findings, ok('nothing is frozen, and no promotion needs acknowledging'));
};

/** Each Region tells the other one about its broker; without that a failover cannot predict its loss. */
export const checkHeartbeats: Check = (facts) =>
  findingsOr(
    ofEach(facts, ({ ref: { region }, heartbeat }) => {
      if (!heartbeat.known) {
        return [
          warning('HEARTBEAT_UNKNOWN', `the heartbeat of ${region} cannot be read: ${heartbeat.reason}`, { region }),
        ];
      }
      const { value } = heartbeat;
      if (value === undefined)
        return [warning('HEARTBEAT_MISSING', `${region} has never sent a heartbeat`, { region })];
      const ageMs = facts.nowMs - value.atMs;
      return ageMs <= silenceMs
        ? []
        : [
            warning('HEARTBEAT_SILENT', `the newest heartbeat of ${region} is ${Math.round(ageMs / 1_000)} s old`, {
              region,
              at: new Date(value.atMs).toISOString(),
            }),
          ];
    }),
    ok('every known Region sends heartbeats'),
  );

/** A clock is off beyond the allowance. */
export const clockSkewedCode = 'CLOCK_SKEWED';

/** The clocks of both Regions agree with the service's: otherwise no age means anything, and automatic runs are disarmed. */
export const checkClocks: Check = ({ members, nowMs }) => {
  // What is missing is the finding of the check "heartbeats".
  const beats = (members.known ? members.value : []).flatMap(({ heartbeat }) =>
    heartbeat.known && heartbeat.value !== undefined ? [heartbeat.value] : [],
  );
  return findingsOr(
    clockProblems(beats, nowMs).map(({ heartbeat: { region, clockSkewMs }, problem }) =>
      clockSkewMs === undefined
        ? warning('CLOCK_UNKNOWN', `${problem}; automatic failover waits until it is`, { region })
        : blocker(clockSkewedCode, `${problem}; automatic failover is disarmed`, { region, clockSkewMs }),
    ),
    ok('the clocks agree'),
  );
};

const judgeAlarms = ({ ref: { region, brokerName }, alarms }: MemberFacts): readonly CheckResult[] => {
  if (!alarms.known) {
    return [warning('ALARMS_UNKNOWN', `the alarms in ${region} cannot be read: ${alarms.reason}`, { region })];
  }
  const armed = alarms.value.filter(({ actionsEnabled }) => actionsEnabled);
  if (armed.length === 0) {
    const what = alarms.value.length > 0 ? 'only alarms with disabled actions' : 'no alarm';
    return [warning('ALARMS_MISSING', `${region} has ${what} on ${brokerName}`, { region, brokerName })];
  }
  // Either instance may be the active one; docs/amazon-mq.md 10.1.
  const watched = new Set(armed.flatMap(({ watches }) => watches.map(({ instance }) => instance)));
  const unwatched = [`${brokerName}-1`, `${brokerName}-2`].filter((instance) => !watched.has(instance));
  const firing = armed.filter(({ state }) => state === 'ALARM').map(({ alarmName }) => alarmName);
  return [
    ...(unwatched.length > 0
      ? [warning('ALARMS_INCOMPLETE', `no alarm in ${region} watches ${unwatched.join(', ')}`, { region, unwatched })]
      : []),
    ...(firing.length > 0
      ? [warning('ALARM_FIRING', `in alarm now: ${firing.join(', ')}`, { region, alarms: firing })]
      : []),
  ];
};

/** Each Region has alarms on its broker, for the day when it is the primary. */
export const checkAlarms: Check = (facts) =>
  findingsOr(
    ofEach(facts, judgeAlarms),
    ok('each known Region has alarms on both instances of its broker', {
      alarms: ofEachName(facts),
    }),
  );

const ofEachName = ({ members }: ReadinessFacts): readonly string[] =>
  (members.known ? members.value : []).flatMap(({ alarms }) =>
    alarms.known ? alarms.value.map(({ alarmName }) => alarmName) : [],
  );

/** The service does not reboot both brokers at one time. */
export const checkMaintenanceWindows: Check = (facts) => {
  const [a, b] = (bothBrokers(facts) ?? []).map(({ maintenanceWindow }) => maintenanceWindow);
  const overlap = a === undefined || b === undefined ? undefined : windowsOverlap(a, b, facts.nowMs);
  const windows = [a, b].map((window) => (window === undefined ? 'unknown' : describeWindow(window)));
  if (overlap === undefined) {
    return [
      warning('MAINTENANCE_WINDOW_UNKNOWN', `the maintenance windows cannot be compared: ${windows.join(' and ')}`, {
        windows,
      }),
    ];
  }
  return overlap
    ? [
        warning(
          'MAINTENANCE_WINDOWS_OVERLAP',
          `the service may reboot both brokers at the same time: ${windows.join(' and ')}`,
          { windows },
        ),
      ]
    : [ok('the maintenance windows do not overlap', { windows })];
};

const judgeStore = (facts: ReadinessFacts, { ref, gauges }: MemberFacts): readonly CheckResult[] => {
  const { storeWarningPercent, storeBlockerPercent } = facts.pair.readiness;
  const { brokerId } = ref;
  const reading = gauges.StorePercentUsage;
  const point = newestPoint(reading);
  if (point === undefined || facts.nowMs - point.atMs > freshMs) {
    const reason = reading?.known === false ? reading.reason : 'no fresh point';
    return [warning('STORE_UNKNOWN', `it is unknown how full the store of ${brokerId} is: ${reason}`, { brokerId })];
  }
  const evidence = { brokerId, percent: point.value };
  const message = `the store of ${brokerId} is ${point.value} % full; at 100 it refuses messages`;
  if (point.value >= storeBlockerPercent) return [blocker('STORE_FULL', message, evidence)];
  return point.value >= storeWarningPercent ? [warning('STORE_FILLING', message, evidence)] : [];
};

/** Both stores have room; docs/amazon-mq.md 10.9. */
export const checkStores: Check = (facts) =>
  findingsOr(
    ofEach(facts, (member) => judgeStore(facts, member)),
    ok('the stores of the known brokers have room'),
  );

/** Secrets that runs will need can be read. */
export const checkSecrets: Check = ({ secrets }) =>
  findingsOr(
    [...secrets].flatMap(([secretArn, reading]) =>
      reading.known
        ? []
        : [warning('SECRET_UNREADABLE', `a secret that runs need cannot be used: ${reading.reason}`, { secretArn })],
    ),
    ok(secrets.size === 0 ? 'the pair needs no secret' : 'every secret of the pair can be read', {
      secrets: secrets.size,
    }),
  );

/** The pair has been rehearsed, and lately, and it went as it should. */
export const checkGameDay: Check = ({ gameDay, pair, nowMs }) => {
  const { gameDayMaxAgeDays } = pair.readiness;
  if (!gameDay.known) return [warning('GAME_DAY_UNKNOWN', `the last game day cannot be read: ${gameDay.reason}`)];
  if (gameDay.value === undefined) return [warning('GAME_DAY_NEVER', `${pair.name} has never been rehearsed`)];
  const { atMs, outcome } = gameDay.value;
  const ageDays = Math.floor((nowMs - atMs) / dayMs);
  const evidence = { at: new Date(atMs).toISOString(), ageDays, outcome };
  const findings: CheckResult[] = [];
  if (ageDays >= gameDayMaxAgeDays) {
    findings.push(warning('GAME_DAY_OLD', `the last game day was ${ageDays} days ago`, evidence));
  }
  if (outcome !== 'met') findings.push(warning('GAME_DAY_NOT_MET', `the last game day ended "${outcome}"`, evidence));
  return findingsOr(findings, ok('a recent game day met its hypothesis', evidence));
};
