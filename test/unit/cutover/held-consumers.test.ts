import { describe, expect, it } from 'vitest';
import { cutoverSchema } from '../../../functions/config/cutover-config.ts';
import type { KnownGuards } from '../../../functions/control/guards.ts';
import { type HeldFacts, heldLimitMs, judgeHeld } from '../../../functions/cutover/held-consumers.ts';
import { machines } from '../../../infra/catalogue.ts';
import { asRole, known, noonMs, pairedWest, unreadable, westRef } from '../../support/brokers.ts';

const lock = { owner: 'arn:run', fence: 1, expiresAtMs: noonMs + 300_000, purpose: 'switchover' };
const freeze = { reason: 'audit', by: 'ann', atMs: noonMs };
const open = {
  mode: 'SWITCHOVER',
  subject: westRef.brokerId,
  status: 'issued',
  executionArn: 'arn:run',
  openedAtMs: noonMs,
} as const;
const primary = known(pairedWest(asRole('primary')));
const replica = known(pairedWest());

const judge = (
  { lockedBy, frozen, promotion }: { lockedBy?: typeof lock; frozen?: typeof freeze; promotion?: typeof open } = {},
  facts: Partial<HeldFacts> = {},
  servingForMs?: number,
) => {
  const guards: KnownGuards = {
    known: true,
    ...(lockedBy && { lock: lockedBy }),
    ...(frozen && { freeze: frozen }),
    ...(promotion && { promotion }),
  };
  const hold = { region: 'us-west-2', executionArn: 'arn:run', heldAtMs: noonMs - 3_600_000 };
  const serving = servingForMs === undefined ? {} : { servingSinceMs: noonMs - servingForMs };
  return judgeHeld({
    hold: { ...hold, ...serving },
    guards,
    broker: primary,
    brokerId: westRef.brokerId,
    nowMs: noonMs,
    ...facts,
  });
};

describe('judgeHeld', () => {
  it('keeps them held while a run acts on the pair, up to the limit', () => {
    expect(judge({ lockedBy: lock })).toMatchObject({ step: 'keep', serves: true });
    expect(judge({ lockedBy: lock }, {}, heldLimitMs - 1)).toMatchObject({ step: 'keep', late: false });
    expect(judge({ lockedBy: lock }, {}, heldLimitMs)).toMatchObject({ step: 'release', late: true });
  });

  it('counts only the time in which their broker serves: a long drain holds nothing up', () => {
    expect(judge({ lockedBy: lock }, { broker: replica }, heldLimitMs)).toMatchObject({ step: 'keep', late: false });
  });

  it('releases them once no run needs them held, whichever role their broker has', () => {
    expect(judge().step).toBe('release');
    expect(judge({}, { broker: replica }).step).toBe('release');
    expect(judge({ lockedBy: { ...lock, expiresAtMs: noonMs - 60_000 } }).step).toBe('release');
  });

  it('waits for an exchange that may still come while the broker serves nobody', () => {
    expect(judge({ promotion: open }, { broker: replica }).step).toBe('keep');
    expect(judge({ promotion: open }, { broker: primary }).step).toBe('release');
  });

  it('does nothing under a freeze, and says so', () => {
    expect(judge({ frozen: freeze })).toMatchObject({
      step: 'frozen',
      because: 'no run needs them held any more, but ann froze all writes',
    });
  });

  it('changes nothing that it cannot judge', () => {
    expect(judge({}, { broker: unreadable('timed out') })).toMatchObject({ step: 'keep', because: 'timed out' });
    expect(judge({}, { guards: { known: false, reason: 'no table' } })).toMatchObject({ step: 'keep' });
  });

  it('leaves a promotion that goes well the time that its definition allows', () => {
    const failover = machines.find(({ name }) => name === 'failover')?.parameters ?? {};
    const { ReconcileTimeoutSeconds = 0, FailoverWaitSeconds = 0, MaxFailoverPolls = 0 } = failover;
    const { CutoverWaitSeconds = 0, MaxCutoverPolls = 0 } = failover;
    const polls = FailoverWaitSeconds * MaxFailoverPolls + 2 * CutoverWaitSeconds * MaxCutoverPolls;
    expect(heldLimitMs / 1_000).toBeGreaterThan(ReconcileTimeoutSeconds + polls + 415);
    expect(cutoverSchema.parse({}).consumers).toBe('live');
  });
});
