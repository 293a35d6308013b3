import { describe, expect, it } from 'vitest';
import { ServiceClock } from '../../../cli/service-clock.ts';
import { systemClock } from '../../../functions/runtime/clock.ts';

const hostMs = Date.UTC(2026, 0, 5, 9);

const heard = async (date: string | undefined): Promise<ServiceClock> => {
  const clock = new ServiceClock({ ...systemClock, nowMs: () => hostMs });
  const handler = clock.listeningTo({
    handle: async () => ({ response: { headers: { ...(date !== undefined && { date }) } } }),
  } as never);
  await handler.handle({} as never, {});
  return clock;
};

describe('ServiceClock', () => {
  it('believes the service when the host is far off', async () => {
    expect((await heard('Mon, 05 Jan 2026 08:00:00 GMT')).nowMs()).toBe(Date.UTC(2026, 0, 5, 8));
    expect((await heard('Mon, 05 Jan 2026 09:00:06 GMT')).nowMs()).toBe(hostMs + 6_000);
  });

  it.each([['Mon, 05 Jan 2026 09:00:05 GMT'], [undefined], ['not a date']])(
    'keeps the host time for %s',
    async (date) => {
      expect((await heard(date)).nowMs()).toBe(hostMs);
    },
  );

  it('does two things at once and sleeps as the host does', async () => {
    const clock = new ServiceClock(systemClock);
    expect(await clock.concurrently([async () => 1, async () => await clock.sleepMs(0)] as const)).toEqual([
      1,
      undefined,
    ]);
  });
});
