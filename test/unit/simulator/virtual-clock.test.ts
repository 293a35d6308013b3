import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ActorKilledError } from '../../../simulator/clock/actor.ts';
import {
  ActorStuckError,
  OutsideActorError,
  VirtualClock,
  VirtualDeadlockError,
} from '../../../simulator/clock/virtual-clock.ts';

const newClock = (watchdogMs = 5_000) => new VirtualClock({ startMs: 0, watchdogMs });

describe('VirtualClock', () => {
  it('runs a day in no time and one actor at a time, ordered by time, then by who asked first', async () => {
    const clock = newClock();
    const seen: string[] = [];
    await clock.run('main', async () => {
      const actors = ['a', 'b', 'c'].map((name, index) =>
        clock.spawn(name, async () => {
          for (let round = 0; round < 3; round++) {
            seen.push(`${name}${round}@${clock.nowMs()}`);
            await immediate();
            await clock.sleepMs(index === 2 ? 28_800_000 : 14_400_000);
          }
        }),
      );
      for (const actor of actors) await clock.join(actor);
    });
    expect(seen).toEqual([
      'a0@0',
      'b0@0',
      'c0@0',
      'a1@14400000',
      'b1@14400000',
      'c1@28800000',
      'a2@28800000',
      'b2@28800000',
      'c2@57600000',
    ]);
    expect(clock.nowMs()).toBe(86_400_000);
  });

  it('lets an actor that awaits I/O keep the baton', async () => {
    const clock = newClock();
    const seen: number[] = [];
    await clock.run('main', async () => {
      const slow = clock.spawn('slow I/O', async () => {
        for (let turn = 0; turn < 50; turn++) await immediate();
        seen.push(clock.nowMs());
      });
      const sleeper = clock.spawn('sleeper', async () => {
        await clock.sleepMs(1);
        seen.push(clock.nowMs());
      });
      await clock.join(slow);
      await clock.join(sleeper);
    });
    expect(seen).toEqual([0, 1]);
  });

  it('runs branches side by side and reports the first error in the order given', async () => {
    const clock = newClock();
    await clock.run('main', async () => {
      const values = await clock.concurrently<[number, string]>([
        async () => {
          await clock.sleepMs(2_000);
          return clock.nowMs();
        },
        async () => {
          await clock.sleepMs(1_000);
          return 'b';
        },
      ]);
      expect(values).toEqual([2_000, 'b']);
      expect(clock.nowMs()).toBe(2_000);
      await expect(
        clock.concurrently([
          async () => {
            await clock.sleepMs(5);
            throw new Error('first in order');
          },
          async () => {
            throw new Error('first in time');
          },
        ]),
      ).rejects.toThrow('first in order');
    });
  });

  it('wakes the waiters of a signal at the time it fires, and late waiters at once', async () => {
    const clock = newClock();
    await clock.run('main', async () => {
      const signal = clock.signal<string>();
      const waiter = clock.spawn('waiter', async () => `${await signal.wait()}@${clock.nowMs()}`);
      await clock.sleepMs(70);
      signal.fire('go');
      signal.fire('again');
      expect(await clock.join(waiter)).toBe('go@70');
      expect(await signal.wait()).toBe('go');
    });
  });

  it('never gives a killed actor another turn, nor its branches', async () => {
    const clock = newClock();
    const seen: string[] = [];
    await clock.run('main', async () => {
      const victim = clock.spawn('victim', async () => {
        await clock.concurrently([
          async () => {
            await clock.sleepMs(10);
            seen.push('branch lived');
          },
        ]);
        seen.push('victim lived');
      });
      await clock.sleepMs(5);
      clock.kill(victim);
      await expect(clock.join(victim)).rejects.toThrow(ActorKilledError);
      const suicide = clock.spawn('suicide', async () => {
        await clock.killCurrent();
        seen.push('suicide lived');
      });
      await expect(clock.join(suicide)).rejects.toThrow(ActorKilledError);
      await clock.sleepMs(100);
    });
    expect(seen).toEqual([]);
  });

  it('ends a whole process where one of its branches dies', async () => {
    const clock = newClock();
    const seen: string[] = [];
    await clock.run('main', async () => {
      const process = clock.spawn('process', async () => {
        await clock
          .concurrently([
            async () => await clock.killCurrent(),
            async () => {
              await clock.sleepMs(10);
              seen.push('the other branch lived');
            },
          ])
          .catch(() => seen.push('the process saw an error'));
        seen.push('the process lived');
      });
      await expect(clock.join(process)).rejects.toThrow(ActorKilledError);
      await clock.sleepMs(100);
    });
    expect(seen).toEqual([]);
  });

  it('names an actor that is stuck, a deadlock, and a caller that is no actor', async () => {
    const stuck = newClock(20);
    await expect(
      stuck.run('main', async () => {
        const actor = stuck.spawn('waits for nothing', () => new Promise<void>(() => {}));
        await stuck.join(actor);
      }),
    ).rejects.toThrow(ActorStuckError);

    const dead = newClock();
    await expect(dead.run('main', async () => await dead.signal().wait())).rejects.toThrow(VirtualDeadlockError);
    await expect(newClock().sleepMs(1)).rejects.toThrow(OutsideActorError);
  });

  it('serves callers from outside and lets time jump for them', async () => {
    const clock = newClock();
    const served = clock.serve({ speed: 1 });
    const woken: number[] = [];
    clock.spawn('hourly', async () => {
      for (;;) {
        await clock.sleepMs(3_600_000);
        woken.push(clock.nowMs());
      }
    });
    await served.advanceMs(7_300_000);
    expect(woken.length).toBe(2);
    expect(await served.submit('caller', async () => 'answer')).toBe('answer');
    await served.stop();
  });
});
