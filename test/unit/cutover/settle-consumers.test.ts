import { describe, expect, it } from 'vitest';
import type { ConsumerHold } from '../../../functions/control/consumer-hold.ts';
import type { GuardReading } from '../../../functions/control/guards.ts';
import { type SettleConsumersPorts, settleConsumers } from '../../../functions/cutover/settle-consumers.ts';
import { asRole, noonMs, pairedWest, westRef } from '../../support/brokers.ts';
import { hookArn, pairWithCutover } from '../../support/cutover.ts';
import { FakeBrokers, FakeClock } from '../../support/fake-ports.ts';

const region = 'us-west-2';
const mapping = '11111111-1111-4111-8111-111111111111';
const byMapping = { consumers: 'hold', holdMappings: { [region]: [mapping] } };
const byHook = { consumers: 'hold', holdFunctionArn: { [region]: hookArn } };

const setUp = (cutover: Readonly<Record<string, unknown>> = byMapping, given = true) => {
  const clock = new FakeClock();
  const brokers = new FakeBrokers(pairedWest(asRole('primary')));
  const pages: string[] = [];
  const answers: Awaited<ReturnType<SettleConsumersPorts['release']>>[] = [];
  const state: { hold: ConsumerHold | undefined; guards: GuardReading; releases: number } = {
    hold: given ? { region, executionArn: 'arn:dead', heldAtMs: noonMs - 600_000 } : undefined,
    guards: { known: true },
    releases: 0,
  };
  const settle = () =>
    settleConsumers(pairWithCutover(cutover), region, {
      holds: {
        read: async () => state.hold,
        note: async (_pair, hold, change) => {
          state.hold = { ...hold, ...state.hold, ...change };
        },
        release: async () => {
          state.hold = undefined;
        },
      },
      readGuards: async () => state.guards,
      brokers,
      ownBroker: async () => westRef,
      release: async () => {
        state.releases += 1;
        return answers.shift() ?? { outcome: 'done', blockers: [] };
      },
      page: async ({ subject }) => void pages.push(subject),
      nowMs: () => clock.nowMs(),
    });
  const pending = (): void =>
    void answers.push({
      outcome: 'pending',
      blockers: [{ code: 'RELEASE_PENDING', message: 'Enabling', evidence: {} }],
    });
  const failing = (): void =>
    void answers.push({ outcome: 'failed', blockers: [{ code: 'RELEASE_FAILED', message: 'denied', evidence: {} }] });
  return { settle, state, pages, pending, failing, brokers };
};

const releasedPage = 'mq-dr ACT TODAY: consumers of orders in us-west-2 released by the schedule';
const stillHeldPage = 'mq-dr ACT NOW: consumers of orders in us-west-2 are still held';

describe('settleConsumers', () => {
  it('has nothing to do for live consumers, or without a record', async () => {
    expect((await setUp({ consumers: 'live' }).settle()).outcome).toBe('not-held');
    const { settle, state } = setUp(byMapping, false);
    expect([(await settle()).outcome, state.releases]).toEqual(['not-held', 0]);
  });

  it('releases what a dead run left held, and says so once it has been read back', async () => {
    const { settle, state, pages, pending } = setUp();
    pending();
    expect((await settle()).outcome).toBe('releasing');
    expect(pages).toEqual([]);
    expect((await settle()).outcome).toBe('released');
    expect([pages, state.hold]).toEqual([[releasedPage], undefined]);
  });

  it('says nothing where the run had released them itself and only could not record it', async () => {
    const { settle, pages, state } = setUp();
    expect([(await settle()).outcome, pages, state.hold]).toEqual(['released', [], undefined]);
  });

  it('tells in doubt, where a hook cannot say whether they were held', async () => {
    const { settle, pages } = setUp(byHook);
    expect([(await settle()).outcome, pages]).toEqual(['released', [releasedPage]]);
  });

  it('notes since when their broker serves, and keeps them held for a run that acts', async () => {
    const { settle, state } = setUp();
    const lock = { owner: 'arn:run', fence: 1, expiresAtMs: noonMs + 300_000, purpose: 'failover' };
    state.guards = { known: true, lock };
    expect([(await settle()).outcome, state.hold?.servingSinceMs, state.releases]).toEqual(['held', noonMs, 0]);
  });

  it('pages once when they cannot be released, and goes on trying', async () => {
    const { settle, pages, failing } = setUp();
    failing();
    failing();
    expect([(await settle()).outcome, (await settle()).outcome]).toEqual(['overdue', 'overdue']);
    expect(pages).toEqual([stillHeldPage]);
    expect((await settle()).outcome).toBe('released');
    expect(pages).toEqual([stillHeldPage, releasedPage]);
  });

  it('pages once under a freeze, and releases nothing', async () => {
    const { settle, pages, state } = setUp();
    state.guards = { known: true, freeze: { reason: 'audit', by: 'ann', atMs: noonMs } };
    expect([(await settle()).outcome, (await settle()).outcome, state.releases]).toEqual(['overdue', 'overdue', 0]);
    expect(pages).toEqual([stillHeldPage]);
  });
});
