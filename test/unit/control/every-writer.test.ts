import { describe, expect, it } from 'vitest';
import { LockLost, OutcomeUnknown, RequestRejected, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { type Answered, type Writer, writers } from '../../support/writers.ts';

/** How one writer puts what all of them do alike. */
interface Words {
  readonly written: string;
  /** An earlier attempt's write has taken effect, or is under way. */
  readonly done: string;
  /** A write of this run that is open is for the next state to observe, so the writer does not wait for it. */
  readonly observedElsewhere?: boolean;
  /** The writer takes the lock itself: held by another run it was never this run's to lose. */
  readonly takesLock?: boolean;
}

const words: Readonly<Record<string, Words>> = {
  'promote-replica': { written: 'requested', done: 'already-primary' },
  'request-failover': { written: 'requested', done: 'under-way' },
  'reboot-primary': { written: 'issued', done: 'not-needed' },
  'unpair-primary': { written: 'issued', done: 'not-needed' },
  'delete-replica': { written: 'issued', done: 'deleting' },
  'create-replica-broker': { written: 'created', done: 'exists' },
  'apply-change': { written: 'written', done: 'written', observedElsewhere: true, takesLock: true },
};

const hourMs = 3_600_000;
const codesOf = ({ blockers = [] }: Answered): readonly string[] => blockers.map(({ code }) => code);
/** What was done to a broker, or recorded as about to be. */
const writesOf = ({ log }: Writer): readonly string[] => log.filter((entry) => entry === 'open' || entry === 'call');

it('knows every writer', () => {
  expect(Object.keys(words)).toEqual(Object.keys(writers));
});

describe.each(Object.entries(writers))('%s', (name, create) => {
  const { written, done, observedElsewhere = false, takesLock = false } = words[name] ?? { written: '', done: '' };

  it('records its intent, checks before and after that, calls once and notes the answer', async () => {
    const writer = create();
    expect((await writer.run()).outcome).toBe(written);
    expect(writer.log).toEqual(['open', 'call', 'issued']);
    expect(writer.guards.reads).toBe(2);
  });

  it('says that nothing is left to do, whatever gates, freeze and lock say', async () => {
    const writer = create();
    await writer.leaveIntent(hourMs);
    writer.finish();
    writer.block();
    writer.guards.frozen = true;
    writer.guards.loseLock();
    expect((await writer.run()).outcome).toBe(done);
    expect(writesOf(writer)).toEqual([]);
    expect(writer.guards.reads).toBe(0);
  });

  it('waits for an intent that is too young to be judged before it refuses', async () => {
    const writer = create();
    await writer.leaveIntent(1_000);
    writer.block();
    writer.guards.frozen = true;
    if (observedElsewhere) expect((await writer.run()).outcome).toBe(done);
    else await expect(writer.run()).rejects.toThrow(OutcomeUnknown);
    expect(writer.log).toEqual([]);
  });

  it('writes again when an old intent has had no effect', async () => {
    const writer = create();
    await writer.leaveIntent(hourMs);
    expect((await writer.run()).outcome).toBe(written);
    expect(writer.log).toEqual(observedElsewhere ? [] : ['not-effective', 'open', 'call', 'issued']);
  });

  it('leaves its intent open after a lost answer, and finds the effect instead of writing again', async () => {
    const writer = create();
    writer.failCall('answer lost');
    await expect(writer.run()).rejects.toThrow(OutcomeUnknown);
    expect(writer.log).toEqual(['open', 'call']);
    expect((await writer.run()).outcome).toBe(done);
    expect(writesOf(writer)).toEqual(['open', 'call']);
  });

  it('goes on with the effect of a call that was answered with an error', async () => {
    const writer = create();
    writer.failCall({ lie: new RequestRejected('not now') });
    expect((await writer.run()).outcome).toBe(done);
    expect(writer.log.slice(0, 2)).toEqual(['open', 'call']);
    expect(writer.log).not.toContain('rejected');
    expect((await writer.run()).outcome).toBe(done);
    expect(writesOf(writer)).toEqual(['open', 'call']);
  });

  it('closes its intent when the call is rejected, and may write again', async () => {
    const writer = create();
    writer.failCall(new RequestRejected('not now'));
    await expect(writer.run()).rejects.toThrow('not now');
    expect(writer.log).toEqual(['open', 'call', 'rejected']);
    writer.passBackOff();
    expect((await writer.run()).outcome).toBe(written);
    expect(writer.log.slice(3)).toEqual(['open', 'call', 'issued']);
  });

  it('refuses with the reasons of gates and guards together', async () => {
    const writer = create();
    writer.block();
    writer.guards.frozen = true;
    const refused = await writer.run();
    expect(refused.outcome).toBe('refused');
    expect(codesOf(refused)).toEqual([expect.not.stringMatching('FROZEN'), 'FROZEN']);
    expect(writer.log).toEqual([]);
  });

  it('takes the same path in a dry run, and makes no write', async () => {
    const writer = create();
    const planned = await writer.run({ dryRun: true });
    expect(planned.outcome).toBe('dry-run');
    expect(planned.plannedWrites?.length).toBeGreaterThan(0);
    writer.guards.frozen = true;
    expect(codesOf(await writer.run({ dryRun: true }))).toEqual(['FROZEN']);
    writer.block();
    expect(codesOf(await writer.run({ dryRun: true }))).toHaveLength(2);
    expect(writer.log).toEqual([]);
  });

  it('writes nothing once another run holds the lock', async () => {
    const writer = create();
    writer.guards.loseLock();
    if (takesLock) expect(codesOf(await writer.run())).toEqual(['LOCK_HELD']);
    else await expect(writer.run()).rejects.toThrow(LockLost);
    expect(writer.log).toEqual([]);
  });

  describe('between its intent and its call', () => {
    const abandoned = ['open', 'not-effective'];

    it('stops when the lock is lost', async () => {
      const writer = create();
      writer.guards.beforeRead = (read) => read === 2 && writer.guards.loseLock();
      await expect(writer.run()).rejects.toThrow(LockLost);
      expect(writer.log).toEqual(abandoned);
    });

    it('refuses when a freeze comes', async () => {
      const writer = create();
      writer.guards.beforeRead = (read) => {
        writer.guards.frozen = read === 2;
      };
      expect(codesOf(await writer.run())).toEqual(['FROZEN']);
      expect(writer.log).toEqual(abandoned);
      writer.guards.beforeRead = () => {};
      writer.guards.frozen = false;
      expect((await writer.run()).outcome).toBe(written);
      expect(writer.log.slice(2)).toEqual(['open', 'call', 'issued']);
    });

    it('stops when the guards cannot be read', async () => {
      const writer = create();
      writer.guards.beforeRead = (read) => {
        writer.guards.reachable = read < 2;
      };
      await expect(writer.run()).rejects.toThrow(ServiceUnavailable);
      expect(writer.log).toEqual(abandoned);
    });
  });

  it.each([
    ['its records', (writer: Writer) => writer.cutTable()],
    [
      'the guards',
      ({ guards }: Writer) => {
        guards.reachable = false;
      },
    ],
  ])('writes nothing while %s cannot be read', async (_label, cut) => {
    const writer = create();
    cut(writer);
    for (const dryRun of [false, true]) await expect(writer.run({ dryRun })).rejects.toThrow(ServiceUnavailable);
    expect(writer.log).toEqual([]);
  });
});
