import { describe, expect, it } from 'vitest';
import { finalCheck, type WritingRun } from '../../../functions/control/final-check.ts';
import type { GuardReading, Lock } from '../../../functions/control/guards.ts';
import { LockLost, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { noonMs } from '../../support/brokers.ts';

const run: WritingRun = { executionArn: 'arn:ours', automatic: false, overrideControl: null, fence: 3 };
const policy = { automaticFailover: false, antiFlapSeconds: 3_600 };
const ours: Lock = { owner: 'arn:ours', fence: 3, expiresAtMs: noonMs + 20_000, purpose: 'failover' };
const frozen = { reason: 'stock-taking', by: 'ann', atMs: noonMs };
const unreachable: GuardReading = { known: false, reason: 'no answer' };

const guard = (reading: GuardReading, changes: Partial<WritingRun> = {}) =>
  finalCheck({ ...run, ...changes }, policy, { readGuards: async () => reading, nowMs: () => noonMs });

describe('finalCheck', () => {
  it('lets the holder of the lock write while enough of its lease is left', async () => {
    expect((await guard({ known: true, lock: ours })).blockers).toEqual([]);
  });

  it.each([
    ['nobody holds the lock', undefined],
    ['somebody else holds it', { ...ours, owner: 'arn:theirs', fence: 4 }],
    ['the run holds it under a later fencing token: an earlier process of it runs on', { ...ours, fence: 4 }],
    ['less is left of the lease than a write needs', { ...ours, expiresAtMs: noonMs + 19_999 }],
    ['the lease has run out', { ...ours, expiresAtMs: noonMs - 1 }],
  ])('stops a run when %s', async (_label, lock) => {
    const reading: GuardReading = lock === undefined ? { known: true } : { known: true, lock };
    await expect(guard(reading)).rejects.toThrow(LockLost);
  });

  it('says what the run held and what is there now', async () => {
    const lost = guard({ known: true, lock: { ...ours, owner: 'arn:theirs', fence: 4 } });
    await expect(lost).rejects.toThrow(
      'this run held the lock with fencing token 3; it now has token 4, owner arn:theirs and 20 s left, of which a write needs 20',
    );
  });

  it('judges freeze, enrolment and anti-flap once more', async () => {
    const epoch = {
      number: 1,
      mode: 'FAILOVER',
      primaryBrokerId: 'b-1',
      primaryRegion: 'us-west-2',
      promotedAtMs: noonMs,
      executionArn: 'arn:earlier',
    } as const;
    const { blockers } = await guard({ known: true, lock: ours, freeze: frozen, epoch }, { automatic: true });
    expect(blockers.map(({ code }) => code)).toEqual(['FROZEN', 'NOT_ENROLLED', 'ANTI_FLAP']);
  });

  it('stops a run that has lost its lock, frozen or not', async () => {
    await expect(guard({ known: true, freeze: frozen })).rejects.toThrow(LockLost);
  });

  it('stops a run with a lock when the table cannot be read any more', async () => {
    await expect(guard(unreachable)).rejects.toThrow(ServiceUnavailable);
    await expect(guard(unreachable, { overrideControl: 'down' })).rejects.toThrow(ServiceUnavailable);
  });

  it('asks a dry run for no lock, but shows it what would stop a real one', async () => {
    expect((await guard({ known: true }, { fence: null })).blockers).toEqual([]);
    const lock = { ...ours, owner: 'arn:theirs' };
    const { blockers } = await guard({ known: true, lock, freeze: frozen }, { fence: null });
    expect(blockers.map(({ code }) => code)).toEqual(['LOCK_HELD', 'FROZEN']);
    expect((await guard({ known: true, lock }, { fence: null, preempts: ['failover'] })).blockers).toEqual([]);
  });

  it('lets nobody without a fencing token pass an unreachable table but a person who overrides it', async () => {
    await expect(guard(unreachable, { fence: null })).rejects.toThrow(ServiceUnavailable);
    expect((await guard(unreachable, { fence: null, overrideControl: 'down' })).blockers).toEqual([]);
  });

  it('reads the time after the table has answered: a slow answer uses up the lease', async () => {
    let nowMs = noonMs - 10_000;
    const readGuards = async (): Promise<GuardReading> => {
      nowMs = noonMs + 1;
      return { known: true, lock: ours };
    };
    await expect(finalCheck(run, policy, { readGuards, nowMs: () => nowMs })).rejects.toThrow(LockLost);
  });
});
