import { describe, expect, it } from 'vitest';
import { assessFailover, type FailoverFacts } from '../../../functions/promotion/failover-gates.ts';
import { asRole, known, pairedWest, unreadable } from '../../support/brokers.ts';

const facts: FailoverFacts = {
  acceptDataLoss: true,
  runningRegion: 'us-west-2',
  otherRegion: 'us-east-1',
  target: known(pairedWest()),
  predictedLoss: { known: true, events: 12, ageSeconds: 45 },
};

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
