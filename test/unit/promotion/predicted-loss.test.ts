import { describe, expect, it } from 'vitest';
import { freshMs } from '../../../functions/brokers/replication-limits.ts';
import { type Heartbeat, silenceMs } from '../../../functions/control/heartbeat.ts';
import { predictFailoverLoss, predictLoss } from '../../../functions/promotion/predicted-loss.ts';
import { eastRef, minutely, noonMs, unreadableGauge } from '../../support/brokers.ts';

describe('predictLoss', () => {
  it('is the size of the replication queue, with its age', () => {
    expect(predictLoss(minutely([900, 250]), noonMs)).toEqual({
      known: true,
      events: 250,
      ageSeconds: 60,
      current: true,
    });
    expect(predictLoss(minutely([250], freshMs), noonMs)).toMatchObject({ known: true });
  });

  it.each([
    ['was not read', undefined, /was not read/],
    ['cannot be read', unreadableGauge('access denied'), /access denied/],
    ['has no points', minutely([]), /no points/],
    ['has only old points', minutely([0], freshMs + 1), /240 s old/],
  ])('is unknown, never zero, when the queue %s', (_label, reading, reason) => {
    const loss = predictLoss(reading, noonMs);
    expect(loss).toEqual({ known: false, reason: expect.stringMatching(reason) });
  });
});

const withoutBacklog = (ageMs: number): Heartbeat => ({
  region: 'us-east-1',
  atMs: noonMs - ageMs,
  brokerId: eastRef.brokerId,
  role: 'primary',
  state: 'RUNNING',
  endpoint: 'accepts',
});
const heartbeat = (ageMs: number, backlogEvents = 7): Heartbeat => ({
  ...withoutBacklog(ageMs),
  backlogEvents,
  backlogAtMs: noonMs - ageMs - 90_000,
});

const read = (value: Heartbeat | undefined) => ({ known: true, value }) as const;

describe('predictFailoverLoss', () => {
  it('takes the backlog of the last heartbeat, with the age of the metric, not of the heartbeat', () => {
    const loss = predictFailoverLoss(read(heartbeat(30_000)), noonMs);
    expect(loss).toEqual({ known: true, events: 7, ageSeconds: 120, current: true });
  });

  it('knows a backlog of nothing', () => {
    expect(predictFailoverLoss(read(heartbeat(0, 0)), noonMs)).toMatchObject({ known: true, events: 0 });
  });

  it.each([
    ['there was never a heartbeat', read(undefined), 'the primary has never sent a heartbeat'],
    ['none had a backlog', read(withoutBacklog(1_000)), "the primary's heartbeats had no backlog"],
    ['the table cannot be read', { known: false, reason: 'no answer' } as const, 'no answer'],
  ])('knows nothing when %s', (_label, last, reason) => {
    expect(predictFailoverLoss(last, noonMs)).toEqual({ known: false, reason });
  });

  it('says what was known last of a side that is silent, and that it is not current any more', () => {
    expect(predictFailoverLoss(read(heartbeat(silenceMs)), noonMs)).toMatchObject({ events: 7, current: true });
    const old = predictFailoverLoss(read(heartbeat(3_600_000)), noonMs);
    expect(old).toEqual({ known: true, events: 7, ageSeconds: 3_690, current: false });
    expect(predictFailoverLoss(read(heartbeat(silenceMs + 1)), noonMs)).toMatchObject({ current: false });
  });
});
