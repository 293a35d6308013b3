import { describe, expect, it } from 'vitest';
import type { Fence } from '../../../functions/control/fence.ts';
import type { Heartbeat } from '../../../functions/control/heartbeat.ts';
import { checkReachability } from '../../../functions/readiness/reachability-check.ts';
import type { MemberFacts } from '../../../functions/readiness/readiness-facts.ts';
import { eastRef, known, noonMs, pairedEast } from '../../support/brokers.ts';
import { eastFacts, readable, readyFacts, westFacts } from '../../support/readiness-facts.ts';

const beat = (changes: Partial<Heartbeat>) =>
  readable<Heartbeat>({
    region: eastRef.region,
    atMs: noonMs - 30_000,
    brokerId: eastRef.brokerId,
    role: 'primary',
    state: 'RUNNING',
    endpoint: 'accepts',
    ...changes,
  });
const fence = (changes: Partial<Fence>) =>
  readable<Fence>({
    region: eastRef.region,
    brokerId: eastRef.brokerId,
    epoch: 4,
    status: 'carried-out',
    updatedAtMs: noonMs,
    attemptedAtMs: noonMs,
    ...changes,
  });

const codes = (primary: Partial<MemberFacts>, guards: Parameters<typeof readyFacts>[0] = {}) =>
  checkReachability(readyFacts({ members: readable([eastFacts(primary), westFacts()]), ...guards })).map(
    ({ level, code }) => `${level} ${code}`,
  );

describe('checkReachability', () => {
  it.each([
    ['refuses', 'refuses'],
    ['cannot be reached', 'unreachable'],
  ] as const)('blocks when the endpoint of a running primary %s', (_how, endpoint) => {
    expect(codes({ heartbeat: beat({ endpoint }) })).toEqual(['blocker PRIMARY_UNREACHABLE']);
  });

  it.each([
    ['is silent', { heartbeat: beat({ endpoint: 'refuses', atMs: noonMs - 200_000 }) }],
    ['reboots', { heartbeat: beat({ endpoint: 'refuses', state: 'REBOOT_IN_PROGRESS' }) }],
    [
      'is described as rebooting',
      { heartbeat: beat({ endpoint: 'refuses' }), reading: known(pairedEast({ state: 'REBOOT_IN_PROGRESS' })) },
    ],
    ['was the replica at that time', { heartbeat: beat({ endpoint: 'refuses', role: 'replica' }) }],
  ])('says nothing about a primary that %s', (_what, primary) => {
    expect(codes(primary)).toEqual(['ok OK']);
  });

  it.each([
    ['carried-out', ['blocker PRIMARY_FENCED']],
    ['undoing', ['blocker PRIMARY_FENCED']],
    ['wanted', ['blocker PRIMARY_FENCED']],
    ['undone', ['ok OK']],
  ] as const)('judges a fence that is %s', (status, expected) => {
    expect(codes({ fence: fence({ status }) })).toEqual(expected);
  });

  it('does not count a fence that was never put up', () => {
    const { attemptedAtMs: _never, ...unattempted } = fence({ status: 'wanted' }).value;
    expect(codes({ fence: readable(unattempted) })).toEqual(['ok OK']);
  });

  it('waits for the end of a promotion, which closes both brokers', () => {
    const promotion = {
      mode: 'SWITCHOVER',
      subject: 'b-2',
      status: 'issued',
      executionArn: 'arn:run',
      openedAtMs: noonMs,
    } as const;
    expect(codes({ heartbeat: beat({ endpoint: 'refuses' }) }, { guards: { known: true, promotion } })).toEqual([
      'ok OK',
    ]);
  });
});
