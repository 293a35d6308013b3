import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgeSignals,
  maxAgreementAgeMs,
  type Signals,
  signalsAgainst,
} from '../../../functions/brokers/two-signal-rule.ts';
import type { Heartbeat } from '../../../functions/control/heartbeat.ts';
import {
  asRole,
  eastRef,
  known,
  minutely,
  noonMs,
  pairedWest,
  unreadable,
  unreadableGauge,
  westRef,
} from '../../support/brokers.ts';

const minuteMs = 60_000;

const beat = (changes: Partial<Heartbeat> = {}): Heartbeat => ({
  region: eastRef.region,
  atMs: noonMs - 30_000,
  brokerId: eastRef.brokerId,
  role: 'primary',
  state: 'RUNNING',
  endpoint: 'accepts',
  beatingSinceMs: noonMs - 60 * minuteMs,
  clockSkewMs: 400,
  ...changes,
});
const silent = beat({ atMs: noonMs - 181_000 });
const down = beat({ state: 'CRITICAL_ACTION_REQUIRED' });

const withoutClock = ({ clockSkewMs: _, ...rest }: Heartbeat): Heartbeat => rest;

const signals = (changes: Partial<Signals> = {}): Signals => ({
  atMs: noonMs,
  replica: known(pairedWest()),
  replicaWait: minutely([20_000, 40_000]),
  ownHeartbeat: beat({ region: westRef.region, brokerId: westRef.brokerId, role: 'replica', endpoint: 'refuses' }),
  primaryHeartbeat: beat(),
  ...changes,
});
const stands = minutely([130_000, 190_000]);

const verdictOf = (changes: Partial<Signals>) => judgeSignals(signals(changes)).verdict;

describe('judgeSignals', () => {
  it('is clear while replication runs and the primary beats', () => {
    expect(verdictOf({})).toBe('clear');
  });

  it.each<[string, Partial<Signals>]>([
    ['the primary side is silent', { primaryHeartbeat: silent }],
    ['the primary side says that its broker is down', { primaryHeartbeat: down }],
    ['the primary side says that its broker refuses clients', { primaryHeartbeat: beat({ endpoint: 'refuses' }) }],
  ])('agrees when replication stands still and %s', (_label, changes) => {
    expect(verdictOf({ replicaWait: stands, ...changes })).toBe('agree');
  });

  it.each<[string, Partial<Signals>]>([
    ['replication alone stands still: a partition, in which the primary still beats', { replicaWait: stands }],
    [
      'replication stands still while the primary reboots',
      { replicaWait: stands, primaryHeartbeat: beat({ state: 'REBOOT_IN_PROGRESS' }) },
    ],
    [
      'replication stands still and the endpoint cannot be reached from its own Region',
      { replicaWait: stands, primaryHeartbeat: beat({ endpoint: 'unreachable' }) },
    ],
    ['the primary side alone is silent', { primaryHeartbeat: silent }],
    ['the primary alone is down', { primaryHeartbeat: down }],
  ])('is one signal when %s', (_label, changes) => {
    expect(verdictOf(changes)).toBe('one-signal');
  });

  it.each<[string, Partial<Signals>]>([
    ['the own broker cannot be read', { replica: unreadable() }],
    [
      'the own broker has a role that nobody knows',
      { replica: known(pairedWest({ role: 'unknown', roleText: 'LEADER' })) },
    ],
    ['the wait time cannot be read', { replicaWait: unreadableGauge() }],
    ['the wait time was not asked for', { replicaWait: undefined }],
    ['the wait time has no points', { replicaWait: minutely([]) }],
    ['the wait time is old', { replicaWait: minutely([190_000], 300_000) }],
    ['there has never been a heartbeat', { primaryHeartbeat: undefined }],
    ['the primary side cannot read its broker', { primaryHeartbeat: beat({ role: 'unknown', state: 'unknown' }) }],
    ['the primary side has no primary', { primaryHeartbeat: beat({ role: 'replica' }) }],
    ['this Region has no heartbeat of its own', { primaryHeartbeat: silent, ownHeartbeat: undefined }],
    ['this Region is silent as well', { primaryHeartbeat: silent, ownHeartbeat: beat({ atMs: noonMs - 200_000 }) }],
    [
      'this Region has only just begun to beat again',
      { primaryHeartbeat: silent, ownHeartbeat: beat({ beatingSinceMs: noonMs - 170_000 }) },
    ],
  ])('is unknown when %s, even while replication stands still', (_label, changes) => {
    expect(verdictOf({ replicaWait: stands, ...changes })).toBe('unknown');
  });

  it.each<[string, Partial<Signals>]>([
    ['its clock is ahead', { primaryHeartbeat: beat({ clockSkewMs: 10_001 }) }],
    ['its clock is behind', { primaryHeartbeat: { ...silent, clockSkewMs: -300_000 } }],
    ['its clock was not compared', { primaryHeartbeat: withoutClock(beat()) }],
    ['its heartbeat is from the future', { primaryHeartbeat: beat({ atMs: noonMs + 10_001 }) }],
    ['the clock of this Region is off', { primaryHeartbeat: silent, ownHeartbeat: beat({ clockSkewMs: 300_000 }) }],
  ])('is unknown when the primary side beats and %s, whatever the beat says', (_label, changes) => {
    expect(verdictOf(changes)).toBe('unknown');
    expect(verdictOf({ replicaWait: stands, ...changes })).toBe('unknown');
  });

  it('blames a heartbeat from the future on the clock that is known to be behind, its own', () => {
    const seen = {
      primaryHeartbeat: beat({ atMs: noonMs + 300_000 }),
      ownHeartbeat: beat({ region: 'here', clockSkewMs: -300_000 }),
    };
    expect(judgeSignals(signals(seen)).evidence[1]).toBe(
      'the clock of here is 300 s behind, so heartbeats are no evidence',
    );
  });

  it('allows clocks to be off by ten seconds', () => {
    const primaryHeartbeat = beat({ atMs: noonMs + 10_000, clockSkewMs: 10_000 });
    expect(verdictOf({ primaryHeartbeat })).toBe('clear');
  });

  it.each([
    [180_000, 'clear'],
    [180_001, 'one-signal'],
  ])('takes a wait time of %d ms for %s', (waitMs, verdict) => {
    expect(verdictOf({ replicaWait: minutely([waitMs]) })).toBe(verdict);
  });

  it.each([
    [180_000, 'clear'],
    [180_001, 'one-signal'],
  ])('takes a heartbeat %d ms old for %s', (ageMs, verdict) => {
    expect(verdictOf({ primaryHeartbeat: beat({ atMs: noonMs - ageMs }) })).toBe(verdict);
  });

  it('is clear once the own broker is the primary', () => {
    const replica = known(pairedWest(asRole('primary')));
    expect(judgeSignals(signals({ replica, replicaWait: unreadableGauge(), primaryHeartbeat: silent }))).toEqual({
      verdict: 'clear',
      atMs: noonMs,
      evidence: [`the broker ${westRef.brokerId} of this Region is already the primary`],
    });
  });

  it('says what it saw', () => {
    expect(judgeSignals(signals({ replicaWait: stands, primaryHeartbeat: silent })).evidence).toEqual([
      'ReplicaWaitTime 190 s, read 60 s ago: beyond 180 s',
      'the primary side is silent: last heartbeat 181 s ago',
    ]);
  });

  it('never agrees while the primary beats as a serving one, whatever else is read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 5 }),
        fc.integer({ min: 0, max: 180_000 }),
        fc.constantFrom('accepts' as const, 'unreachable' as const, 'none' as const),
        (waits, ageMs, endpoint) => {
          const primaryHeartbeat = beat({ atMs: noonMs - ageMs, endpoint });
          expect(verdictOf({ replicaWait: minutely(waits), primaryHeartbeat })).not.toBe('agree');
        },
      ),
    );
  });
});

describe('signalsAgainst', () => {
  const agreed = { replicaWait: stands, primaryHeartbeat: silent };
  const codesOf = (changes: Partial<Signals>, agreedMsAgo: number | null = 60_000): readonly string[] =>
    signalsAgainst(signals({ ...agreed, ...changes }), agreedMsAgo === null ? null : noonMs - agreedMsAgo).map(
      ({ code }) => code,
    );

  it('says nothing while they agree, however long ago they began to', () => {
    expect(codesOf({}, 3_600_000)).toEqual([]);
    expect(codesOf({}, null)).toEqual([]);
    expect(codesOf({ primaryHeartbeat: down })).toEqual([]);
  });

  it.each<[string, Partial<Signals>]>([
    ['the primary beats and serves', { primaryHeartbeat: beat() }],
    [
      'the primary beats and serves, and the wait time cannot be read',
      { primaryHeartbeat: beat(), replicaWait: undefined },
    ],
    ['the primary reboots', { primaryHeartbeat: beat({ state: 'REBOOT_IN_PROGRESS' }) }],
    ['the other side is heard again and cannot read its broker yet', { primaryHeartbeat: beat({ role: 'unknown' }) }],
    ['the other side is heard again as a replica', { primaryHeartbeat: beat({ role: 'replica' }) }],
    ['replication moves', { replicaWait: minutely([20_000]) }],
    ['replication moves and no heartbeat can be judged', { replicaWait: minutely([20_000]), ownHeartbeat: undefined }],
  ])('is cleared by any sign of life: %s', (_label, changes) => {
    expect(codesOf(changes)).toEqual(['SIGNALS_CLEARED']);
  });

  it.each<[string, Partial<Signals>]>([
    ['the wait time', { replicaWait: unreadableGauge() }],
    ['the own broker', { replica: unreadable() }],
    ['the own heartbeat', { ownHeartbeat: undefined }],
  ])('makes up for %s that cannot be read by a young agreement alone', (_label, changes) => {
    expect(codesOf(changes, maxAgreementAgeMs)).toEqual([]);
    expect(codesOf(changes, maxAgreementAgeMs + 1)).toEqual(['SIGNALS_UNKNOWN']);
    expect(codesOf(changes, null)).toEqual(['SIGNALS_UNKNOWN']);
  });

  it('does not make up for clocks that disagree', () => {
    expect(codesOf({ primaryHeartbeat: { ...silent, clockSkewMs: -60_000 } })).toEqual(['SIGNALS_UNKNOWN']);
  });

  it('is not against a promotion that is done', () => {
    expect(codesOf({ replica: known(pairedWest(asRole('primary'))) })).toEqual([]);
  });

  it('says what it saw and when the signals agreed', () => {
    const [finding] = signalsAgainst(signals({ ...agreed, primaryHeartbeat: beat() }), noonMs - 60_000);
    expect(finding).toMatchObject({
      message: expect.stringMatching(
        /do not agree any more: ReplicaWaitTime 190 s.*heartbeat of the primary side, 30 s ago/,
      ),
      evidence: { verdict: 'one-signal', agreedAt: new Date(noonMs - 60_000).toISOString() },
    });
  });
});
