import { describe, expect, it } from 'vitest';
import type { Epoch } from '../../../functions/control/guards.ts';
import type { Heartbeat } from '../../../functions/control/heartbeat.ts';
import {
  checkAlarms,
  checkClocks,
  checkControl,
  checkGameDay,
  checkGuards,
  checkHeartbeats,
  checkMaintenanceWindows,
  checkSecrets,
  checkStores,
} from '../../../functions/readiness/operation-checks.ts';
import type { BrokerAlarm, MemberFacts } from '../../../functions/readiness/readiness-facts.ts';
import type { GameDayRecord } from '../../../functions/readiness/readiness-record.ts';
import {
  eastRef,
  known,
  minutely,
  noonMs,
  ordersPair,
  pairedEast,
  unreadable,
  unreadableGauge,
} from '../../support/brokers.ts';
import { eastFacts, readable, readyFacts, said, sidesWith } from '../../support/readiness-facts.ts';

const unread = { known: false, reason: 'denied' } as const;
const nobody = readyFacts({ members: unread });
const dayMs = 86_400_000;

describe('checkControl and checkGuards', () => {
  const freeze = { reason: 'migration', by: 'ops', atMs: noonMs };
  const epoch: Epoch = {
    number: 2,
    mode: 'FAILOVER',
    primaryBrokerId: eastRef.brokerId,
    primaryRegion: 'us-east-1',
    promotedAtMs: noonMs - 60_000,
    executionArn: 'arn',
  };
  const guards = (reading: object) => readyFacts({ guards: { known: true, ...reading } });

  it('blocks while the Control table cannot be reached, once', () => {
    expect(said(checkControl, readyFacts())).toEqual(['ok']);
    expect(said(checkControl, readyFacts({ guards: unread }))).toEqual(['blocker CONTROL_UNREACHABLE']);
    expect(said(checkGuards, readyFacts({ guards: unread }))).toEqual(['ok']);
  });

  it('blocks what is frozen, and warns of a promotion that nobody has acknowledged', () => {
    expect(said(checkGuards, readyFacts())).toEqual(['ok']);
    expect(said(checkGuards, guards({ freeze }))).toEqual(['blocker FROZEN']);
    expect(said(checkGuards, guards({ freeze, globalFreeze: { ...freeze, by: 'all' } }))).toHaveLength(2);
    expect(said(checkGuards, guards({ epoch }))).toEqual(['warning PROMOTION_UNACKNOWLEDGED']);
    expect(said(checkGuards, guards({ epoch: { ...epoch, acknowledgedAtMs: noonMs } }))).toEqual(['ok']);
  });
});

const beatWith = (changes: Partial<Heartbeat>): MemberFacts['heartbeat'] => {
  const { heartbeat } = eastFacts();
  return readable({ ...((heartbeat.known ? heartbeat.value : undefined) as Heartbeat), ...changes });
};

describe('checkHeartbeats', () => {
  const beat = (atMs: number): MemberFacts['heartbeat'] => beatWith({ atMs });

  it.each([
    ['three minutes old', beat(noonMs - 180_000), 'ok'],
    ['older', beat(noonMs - 180_001), 'warning HEARTBEAT_SILENT'],
    ['never sent', readable(undefined), 'warning HEARTBEAT_MISSING'],
    ['unreadable', unread, 'warning HEARTBEAT_UNKNOWN'],
  ] as const)('judges a heartbeat that is %s', (_label, heartbeat, expected) => {
    expect(said(checkHeartbeats, sidesWith({ heartbeat }))).toEqual([expected]);
  });
});

describe('checkClocks', () => {
  const uncompared = (({ known: _known, value: { clockSkewMs: _skew, ...rest } }) => readable(rest))(
    beatWith({}) as { readonly known: true; readonly value: Heartbeat },
  );

  it.each([
    ['right to ten seconds', beatWith({ clockSkewMs: 10_000 }), 'ok'],
    ['ahead', beatWith({ clockSkewMs: 10_001 }), 'blocker CLOCK_SKEWED'],
    ['behind', beatWith({ clockSkewMs: -10_001 }), 'blocker CLOCK_SKEWED'],
    ['ahead by what its heartbeat says of the time', beatWith({ atMs: noonMs + 60_000 }), 'blocker CLOCK_SKEWED'],
    ['not compared', uncompared, 'warning CLOCK_UNKNOWN'],
    ['of a Region without a heartbeat', readable(undefined), 'ok'],
    ['of a heartbeat that cannot be read', unread, 'ok'],
  ] as const)('judges a clock that is %s', (_label, heartbeat, expected) => {
    expect(said(checkClocks, sidesWith({ heartbeat }))).toEqual([expected]);
  });
});

describe('checkAlarms', () => {
  const alarm = (changes: Partial<BrokerAlarm>, ...instances: readonly number[]): BrokerAlarm => ({
    alarmName: 'dr',
    state: 'OK',
    actionsEnabled: true,
    watches: instances.map((number) => ({ metricName: 'QueueSize', instance: `${eastRef.brokerName}-${number}` })),
    ...changes,
  });
  const alarms = (...list: readonly BrokerAlarm[]) => said(checkAlarms, sidesWith({ alarms: readable(list) }));

  it('wants armed alarms on both instances, in one alarm or in several', () => {
    expect(said(checkAlarms, readyFacts())).toEqual(['ok']);
    expect(alarms(alarm({}, 1), alarm({}, 2))).toEqual(['ok']);
    expect(alarms(alarm({}, 1))).toEqual(['warning ALARMS_INCOMPLETE']);
    expect(alarms()).toEqual(['warning ALARMS_MISSING']);
    expect(alarms(alarm({ actionsEnabled: false }, 1, 2))).toEqual(['warning ALARMS_MISSING']);
  });

  it('tells of one that fires, and of alarms that cannot be read', () => {
    expect(alarms(alarm({ state: 'ALARM' }, 1, 2))).toEqual(['warning ALARM_FIRING']);
    expect(said(checkAlarms, sidesWith({ alarms: unread }))).toEqual(['warning ALARMS_UNKNOWN']);
  });
});

describe('checkMaintenanceWindows', () => {
  it('warns of windows that overlap or are not known', () => {
    expect(said(checkMaintenanceWindows, readyFacts())).toEqual(['ok']);
    const window = { dayOfWeek: 'TUESDAY', timeOfDay: '03:00', timeZone: 'UTC' };
    const at = (maintenanceWindow: typeof window | undefined) =>
      said(checkMaintenanceWindows, sidesWith({ reading: known(pairedEast({ maintenanceWindow })) }));
    expect(at(window)).toEqual(['warning MAINTENANCE_WINDOWS_OVERLAP']);
    expect(at(undefined)).toEqual(['warning MAINTENANCE_WINDOW_UNKNOWN']);
    expect(at({ ...window, timeZone: 'Nowhere/Else' })).toEqual(['warning MAINTENANCE_WINDOW_UNKNOWN']);
    expect(said(checkMaintenanceWindows, sidesWith({ reading: unreadable() }))).toEqual([
      'warning MAINTENANCE_WINDOW_UNKNOWN',
    ]);
  });
});

describe('checkStores', () => {
  it.each([
    ['69 %', minutely([69]), 'ok'],
    ['70 %', minutely([70]), 'warning STORE_FILLING'],
    ['90 %', minutely([90]), 'blocker STORE_FULL'],
    ['an old point', minutely([1], 240_001), 'warning STORE_UNKNOWN'],
    ['no point', minutely([]), 'warning STORE_UNKNOWN'],
    ['no answer', unreadableGauge(), 'warning STORE_UNKNOWN'],
  ])('judges %s', (_label, StorePercentUsage, expected) => {
    expect(said(checkStores, sidesWith({ gauges: { StorePercentUsage } }))).toEqual([expected]);
  });

  it("takes the pair's own limits", () => {
    const pair = ordersPair({ readiness: { storeWarningPercent: 3, storeBlockerPercent: 100 } });
    expect(said(checkStores, readyFacts({ pair }))).toEqual(['warning STORE_FILLING', 'warning STORE_FILLING']);
  });
});

describe('checkSecrets', () => {
  it('names a secret that cannot be used, and never its content', () => {
    expect(said(checkSecrets, readyFacts())).toEqual(['ok']);
    expect(said(checkSecrets, readyFacts({ secrets: new Map([['arn:a', readable('usable')]]) }))).toEqual(['ok']);
    expect(said(checkSecrets, readyFacts({ secrets: new Map([['arn:a', unread]]) }))).toEqual([
      'warning SECRET_UNREADABLE',
    ]);
  });
});

describe('checkGameDay', () => {
  const rehearsed = (atMs: number, outcome: GameDayRecord['outcome'] = 'met') =>
    readyFacts({ gameDay: readable({ atMs, outcome, by: 'ann' }) });

  it.each([
    ['89 days ago', rehearsed(noonMs - 90 * dayMs + 1), ['ok']],
    ['90 days ago', rehearsed(noonMs - 90 * dayMs), ['warning GAME_DAY_OLD']],
    ['that did not go well', rehearsed(noonMs, 'deviated'), ['warning GAME_DAY_NOT_MET']],
    ['old and bad', rehearsed(0, 'aborted'), ['warning GAME_DAY_OLD', 'warning GAME_DAY_NOT_MET']],
    ['that never was', readyFacts({ gameDay: readable(undefined) }), ['warning GAME_DAY_NEVER']],
    ['unknown', readyFacts({ gameDay: unread }), ['warning GAME_DAY_UNKNOWN']],
  ] as const)('judges one %s', (_label, facts, expected) => {
    expect(said(checkGameDay, facts)).toEqual(expected);
  });
});

it.each([checkHeartbeats, checkAlarms, checkStores])(
  '%o leaves unknown members to the check of the brokers',
  (check) => {
    expect(said(check, nobody)).toEqual(['ok']);
  },
);
