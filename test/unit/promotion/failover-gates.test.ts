import { describe, expect, it } from 'vitest';
import type { Heartbeat } from '../../../functions/control/heartbeat.ts';
import { assessFailover, type FailoverFacts } from '../../../functions/promotion/failover-gates.ts';
import { asRole, eastRef, known, noonMs, pairedWest, unreadable } from '../../support/brokers.ts';

const facts: FailoverFacts = {
  acceptDataLoss: true,
  runningRegion: 'us-west-2',
  otherRegion: 'us-east-1',
  target: known(pairedWest()),
  predictedLoss: { known: true, events: 12, ageSeconds: 45, current: true },
  primaryHeartbeat: { known: true, value: undefined },
  nowMs: noonMs,
};

const beat = (changes: Partial<Heartbeat> = {}) =>
  ({
    known: true,
    value: {
      region: 'us-east-1',
      atMs: noonMs - 15_000,
      brokerId: eastRef.brokerId,
      role: 'primary',
      state: 'RUNNING',
      endpoint: 'accepts',
      ...changes,
    },
  }) as const;

const codes = (changes: Partial<FailoverFacts>) => {
  const { blockers, warnings } = assessFailover({ ...facts, ...changes });
  return { blockers: blockers.map(({ code }) => code), warnings: warnings.map(({ code }) => code) };
};

describe('assessFailover', () => {
  it('passes a replica that runs, and says what stays behind', () => {
    const { blockers, warnings } = assessFailover(facts);
    expect(blockers).toEqual([]);
    expect(warnings).toMatchObject([
      { code: 'PREDICTED_LOSS', message: 'up to 12 replication events will be left behind, measured 45 s ago' },
    ]);
  });

  it('says what was known last of a side that is silent', () => {
    const predictedLoss = { known: true, events: 12, ageSeconds: 245, current: false } as const;
    expect(assessFailover({ ...facts, predictedLoss }).warnings).toMatchObject([
      {
        code: 'PREDICTED_LOSS',
        message:
          '12 replication events had not crossed when that was last known, 245 s ago; what came since is left behind as well',
      },
    ]);
  });

  it('tells a person that the other side says that it serves, and stops nobody', () => {
    const { blockers, warnings } = assessFailover({ ...facts, primaryHeartbeat: beat() });
    expect(blockers).toEqual([]);
    expect(warnings[1]).toMatchObject({
      code: 'PRIMARY_SERVES',
      message: expect.stringContaining('us-east-1 said 15 s ago'),
    });
  });

  it.each([
    ['was silent for three minutes', beat({ atMs: noonMs - 180_001 })],
    ['says that its broker refuses clients', beat({ endpoint: 'refuses' })],
    ['cannot be read', { known: false, reason: 'no answer' } as const],
  ])('says nothing of the kind when the other side %s', (_label, primaryHeartbeat) => {
    expect(codes({ primaryHeartbeat }).warnings).toEqual(['PREDICTED_LOSS']);
  });

  it('does not hold a failover up because nobody knows the loss', () => {
    const predictedLoss = { known: false, reason: 'the primary has never sent a heartbeat' } as const;
    expect(codes({ predictedLoss })).toEqual({ blockers: [], warnings: ['LOSS_UNKNOWN'] });
  });

  it('names the Region where to start it when it was started at the primary', () => {
    const { blockers } = assessFailover({ ...facts, target: known(pairedWest(asRole('primary'))) });
    expect(blockers).toMatchObject([
      { code: 'WRONG_REGION', message: expect.stringContaining('start it in us-east-1') },
    ]);
  });

  it.each([
    ['cannot be read', unreadable(), 'TARGET_UNREADABLE'],
    ['has a role of another spelling', known(pairedWest({ role: 'unknown', roleText: 'STANDBY' })), 'ROLE_UNKNOWN'],
    ['has no role', known(pairedWest({ role: 'none', roleText: undefined })), 'TARGET_NOT_REPLICA'],
    ['does not run', known(pairedWest({ state: 'REBOOT_IN_PROGRESS' })), 'TARGET_NOT_RUNNING'],
    ['waits for the owner', known(pairedWest({ actionsRequired: ['BROKER_ENI_DELETED'] })), 'ACTION_REQUIRED'],
  ])('refuses a broker that %s', (_label, target, code) => {
    expect(codes({ target }).blockers).toEqual([code]);
  });

  it('asks for the word about data loss', () => {
    expect(codes({ acceptDataLoss: false }).blockers).toEqual(['DATA_LOSS_NOT_ACCEPTED']);
  });

  it('names everything at once', () => {
    const target = known(
      pairedWest({ ...asRole('primary'), state: 'REBOOT_IN_PROGRESS', actionsRequired: ['BROKER_ENI_DELETED'] }),
    );
    expect(codes({ acceptDataLoss: false, target })).toEqual({
      blockers: ['WRONG_REGION', 'TARGET_NOT_RUNNING', 'ACTION_REQUIRED', 'DATA_LOSS_NOT_ACCEPTED'],
      warnings: ['PREDICTED_LOSS'],
    });
  });
});
