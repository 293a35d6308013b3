import { describe, expect, it } from 'vitest';
import type { LagVerdict } from '../../../functions/brokers/lag-verdict.ts';
import { judgeOpenPromotion, openPromotionMessage } from '../../../functions/promotion/open-promotion.ts';
import { asRole, known, pairedWest, unreadable } from '../../support/brokers.ts';
import { earlierIntent } from '../../support/fake-ports.ts';

const promoted = known(pairedWest(asRole('primary')));
const judged = (verdict: LagVerdict) => ({ verdict, evidence: [], counterpart: 'unknown' as const });
const intent = (changes: Parameters<typeof earlierIntent>[1] = {}) =>
  earlierIntent('Promote', { sequence: 3, ...changes });

describe('judgeOpenPromotion', () => {
  it.each([
    ['a switchover whose roles are exchanged', intent({ mode: 'SWITCHOVER' }), promoted, 'exchanged', 'settle'],
    ['a switchover that both brokers contradict', intent({ mode: 'SWITCHOVER' }), promoted, 'contradictory', 'open'],
    ['a switchover under way', intent({ mode: 'SWITCHOVER' }), known(pairedWest()), 'draining', 'open'],
    [
      'a failover that has taken effect while the old primary still calls itself one',
      intent({ mode: 'FAILOVER' }),
      promoted,
      'contradictory',
      'arrived',
    ],
    ['a failover without effect', intent({ mode: 'FAILOVER' }), known(pairedWest()), 'frozen', 'open'],
    ['a failover whose target cannot be read', intent({ mode: 'FAILOVER' }), unreadable(), 'absent', 'open'],
    ['one that was settled meanwhile', intent({ status: 'settled' }), promoted, 'exchanged', 'closed'],
    ['one that a later one has replaced', intent({ sequence: 4 }), promoted, 'exchanged', 'closed'],
    ['one whose record is gone', undefined, promoted, 'exchanged', 'closed'],
  ] as const)('calls %s what it is', (_label, newest, target, verdict, step) => {
    expect(judgeOpenPromotion({ sequence: 3, intent: newest, target, replication: judged(verdict) })).toBe(step);
  });
});

describe('openPromotionMessage', () => {
  const about = { pair: 'orders', subject: 'b-2', region: 'us-west-2', isFinalPoll: false };
  it.each([
    ['settle', false, 'mq-dr ACT NOW: switchover of orders completed late, handover missing'],
    ['arrived', false, 'mq-dr ACT NOW: failover of orders completed late, handover missing'],
    ['closed', false, 'mq-dr INFO: promotion of orders taken over by another run'],
    ['open', false, undefined],
    ['open', true, 'mq-dr ACT NOW: promotion of orders still shows no effect, both brokers may be closed'],
  ] as const)('of "%s" (final poll: %s) is "%s"', (step, isFinalPoll, subject) => {
    const news = openPromotionMessage(step, { ...about, isFinalPoll }, ['seen']);
    expect(news?.subject).toBe(subject);
    if (news !== undefined) expect(news.lines).toContain('- seen');
  });
});
