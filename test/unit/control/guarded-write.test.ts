import { describe, expect, it } from 'vitest';
import type { WriteOutcome } from '../../../functions/aws/write-outcome.ts';
import {
  dueUnless,
  type GuardedWrite,
  guardedWrite,
  type WriteStep,
} from '../../../functions/control/guarded-write.ts';
import type { Intent } from '../../../functions/control/intent.ts';
import { type IntendedWrite, intentJournal } from '../../../functions/control/intent-journal.ts';
import {
  ControlConflict,
  LockLost,
  OutcomeUnknown,
  RequestRejected,
  ServiceUnavailable,
} from '../../../functions/runtime/errors.ts';
import type { Finding } from '../../../functions/runtime/finding.ts';
import { noonMs } from '../../support/brokers.ts';
import { earlierIntent, FakeClock, FakeControl, FakeFinalCheck } from '../../support/fake-ports.ts';

const finding = (code: string): Finding => ({ code, message: code, evidence: {} });
const planned = { service: 'mq', operation: 'RebootBroker', region: 'us-east-1', request: {} };

/** A write of which every part is given by the test; `log` is what it did, in order. */
const setup = (changes: Partial<GuardedWrite<{ outcome: string }, IntendedWrite, Intent, string>> = {}) => {
  const control = new FakeControl();
  const log = control.writes;
  const finalCheck = new FakeFinalCheck();
  const given = {
    step: dueUnless({ blockers: [], warnings: [] }, { write: { subject: 'b-1' }, plannedWrites: [planned] }) as
      | WriteStep<{ outcome: string }, IntendedWrite>
      | Error,
    call: async (): Promise<WriteOutcome<string>> => ({ outcome: 'done', answer: 'issued' }),
  };
  finalCheck.before = () => log.push('final check');
  const clock = new FakeClock();
  const run = () =>
    guardedWrite({
      name: 'RebootBroker for orders',
      dryRun: false,
      ports: { clock, finalCheck: finalCheck.check },
      journal: intentJournal(
        { control, clock },
        { pair: 'orders', operation: 'RebootBroker', executionArn: 'arn:run', verb: 'reboot-primary' },
      ),
      settleMs: 60_000,
      decide: async (newest) => {
        log.push(`decide by ${newest?.sequence ?? 'no intent'}`);
        if (given.step instanceof Error) throw given.step;
        return given.step;
      },
      call: async () => {
        log.push('the call');
        return await given.call();
      },
      written: (outcome) => ({ outcome }),
      ...changes,
    });
  return { control, log, finalCheck, given, run, clock };
};

const open = (changes: Partial<Intent> = {}) => earlierIntent('RebootBroker', changes);
const young = open({ openedAtMs: noonMs - 59_999 });
const asRefused = (code: string): WriteStep<never, never> => ({
  step: 'refused',
  blockers: [finding(code)],
  warnings: [finding('WARNED')],
});
const asDone: WriteStep<{ outcome: string }, never> = { step: 'done', result: { outcome: 'not-needed' } };

describe('guardedWrite', () => {
  it('reads the intent, decides, checks, records, checks again, calls once and notes the answer', async () => {
    const { log, run, control } = setup();
    expect(await run()).toEqual({ outcome: 'issued' });
    expect(log).toEqual([
      'decide by no intent',
      'final check',
      'open RebootBroker 1',
      'final check',
      'the call',
      'issued RebootBroker 1',
    ]);
    expect(control.intents.get('orders/RebootBroker')).toMatchObject({ subject: 'b-1', executionArn: 'arn:run' });
  });

  it('settles an old open intent before it opens the next one', async () => {
    const { log, run, control } = setup();
    control.given(open());
    expect(await run()).toEqual({ outcome: 'issued' });
    expect(log).toEqual([
      'decide by 1',
      'final check',
      'not-effective RebootBroker 1',
      'open RebootBroker 2',
      'final check',
      'the call',
      'issued RebootBroker 2',
    ]);
  });

  describe('with nothing left to write', () => {
    it('says so before anything else: no age, no guard and no lock counts', async () => {
      const { log, run, control, given, finalCheck } = setup();
      control.given(young);
      given.step = asDone;
      finalCheck.error = new LockLost('another run acts');
      expect(await run()).toEqual({ outcome: 'not-needed' });
      expect(log).toEqual(['decide by 1']);
    });

    it('settles an open intent by what was observed, and a dry run leaves even that alone', async () => {
      for (const dryRun of [false, true]) {
        const { log, run, control, given } = setup({ dryRun });
        control.given(young);
        given.step = { ...asDone, openEnded: 'effective' };
        expect(await run()).toEqual(dryRun ? { outcome: 'dry-run', plannedWrites: [] } : { outcome: 'not-needed' });
        expect(log.slice(1)).toEqual(dryRun ? [] : ['effective RebootBroker 1']);
      }
    });

    it('lets a capability go on in a dry run', async () => {
      const { run, given } = setup({ dryRun: true });
      given.step = { ...asDone, inDryRun: { outcome: 'exists' } };
      expect(await run()).toEqual({ outcome: 'exists' });
    });
  });

  describe('too early to tell', () => {
    it('waits where the capability cannot tell', async () => {
      const { log, run, given } = setup();
      given.step = { step: 'wait', because: 'the end cannot be seen yet' };
      await expect(run()).rejects.toThrow('RebootBroker for orders: the end cannot be seen yet; checking again');
      await expect(run()).rejects.toThrow(OutcomeUnknown);
      expect(new Set(log)).toEqual(new Set(['decide by no intent']));
    });

    it.each([false, true])(
      'waits for a young open intent before it refuses or writes (refused: %s)',
      async (refused) => {
        const { log, run, control, given } = setup();
        control.given(young);
        if (refused) given.step = asRefused('GATE');
        await expect(run()).rejects.toThrow('was requested 59999 ms ago');
        expect(log).toEqual(['decide by 1']);
      },
    );

    it('does not wait for an intent whose end the capability knows', async () => {
      const { log, run, control, given } = setup();
      control.given(young);
      given.step = dueUnless(
        { blockers: [], warnings: [] },
        { write: { subject: 'b-1' }, plannedWrites: [], openEnded: 'superseded' },
      );
      expect(await run()).toEqual({ outcome: 'issued' });
      expect(log).toContain('superseded RebootBroker 1');
    });
  });

  describe('refused', () => {
    it('lists the reasons of gates and guards, and writes nothing', async () => {
      const { log, run, given, finalCheck } = setup();
      given.step = asRefused('GATE');
      finalCheck.blockers = [finding('FROZEN')];
      finalCheck.warnings = [finding('ANTI_FLAP')];
      expect(await run()).toMatchObject({
        outcome: 'refused',
        blockers: [{ code: 'GATE' }, { code: 'FROZEN' }],
        warnings: [{ code: 'WARNED' }, { code: 'ANTI_FLAP' }],
      });
      expect(log).toEqual(['decide by no intent', 'final check']);
    });

    it('stays refused by a gate that no guard stands by', async () => {
      const { run, given } = setup({ dryRun: true });
      given.step = asRefused('GATE');
      expect(await run()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'GATE' }] });
    });

    it.each([false, true])('asks for the evidence once more (dry run: %s)', async (dryRun) => {
      const finalEvidence = async () => [finding('CHANGED')];
      const { log, run } = setup({ dryRun, finalEvidence });
      expect(await run()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'CHANGED' }] });
      expect(log).toEqual(['decide by no intent', 'final check']);
    });
  });

  it('lists the writes of a dry run that has passed every check, and takes no lock', async () => {
    const { log, run } = setup({ dryRun: true, takeLock: () => Promise.reject(new TypeError('not in a dry run')) });
    expect(await run()).toEqual({ outcome: 'dry-run', plannedWrites: [planned] });
    expect(log).toEqual(['decide by no intent', 'final check']);
  });

  it('records nothing when the lock, which the writer takes itself, is taken meanwhile', async () => {
    const { log, run } = setup({ takeLock: () => Promise.reject(new OutcomeUnknown('taken')) });
    await expect(run()).rejects.toThrow('taken');
    expect(log).toEqual(['decide by no intent', 'final check']);
  });

  describe('between the intent and the call', () => {
    const abandoned = ['open RebootBroker 1', 'final check', 'not-effective RebootBroker 1'];

    it('refuses by a freeze that came meanwhile, and closes its intent', async () => {
      const { log, run, finalCheck } = setup();
      finalCheck.before = () => {
        log.push('final check');
        if (finalCheck.checks === 1) finalCheck.blockers = [finding('FROZEN')];
      };
      expect(await run()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
      expect(log.slice(2)).toEqual(abandoned);
    });

    it.each([
      ['a lock that was lost', new LockLost('another run acts')],
      ['a table that does not answer any more', new ServiceUnavailable('no answer')],
    ])('stops by %s, and makes no call', async (_label, error) => {
      const { log, run, finalCheck } = setup();
      finalCheck.before = () => {
        log.push('final check');
        if (finalCheck.checks === 1) finalCheck.error = error;
      };
      await expect(run()).rejects.toBe(error);
      expect(log.slice(2)).toEqual(abandoned);
    });

    it('passes the first error on when the intent cannot be closed either', async () => {
      const { run, finalCheck, control } = setup();
      const lost = new LockLost('another run acts');
      control.failNextWrite = { method: 'settleIntent', error: new ControlConflict('superseded') };
      finalCheck.before = () => {
        if (finalCheck.checks === 1) finalCheck.error = lost;
      };
      await expect(run()).rejects.toBe(lost);
      expect(control.intents.get('orders/RebootBroker')?.status).toBe('issuing');
    });
  });

  describe('the call', () => {
    it('is not made when another run opened an intent first', async () => {
      const { log, run, control } = setup();
      control.failNextWrite = { method: 'openIntent', error: new ControlConflict('another run') };
      await expect(run()).rejects.toThrow(ControlConflict);
      expect(log).toEqual(['decide by no intent', 'final check']);
    });

    it('leaves its intent open when its answer is lost', async () => {
      const { log, run, given } = setup();
      given.call = async () => ({ outcome: 'unknown', reason: 'timeout' });
      await expect(run()).rejects.toThrow('got no answer (timeout); checking before another attempt');
      expect(log.slice(-2)).toEqual(['final check', 'the call']);
    });

    it('closes its intent as rejected when the service did not act, and passes the error on', async () => {
      const { log, run, given } = setup();
      const rejected = new RequestRejected('no');
      given.call = () => Promise.reject(rejected);
      await expect(run()).rejects.toBe(rejected);
      expect(log.slice(-2)).toEqual(['the call', 'rejected RebootBroker 1']);
    });

    describe('that is answered with an error', () => {
      const rejected = new RequestRejected('no');
      const answeredWithAnError = (changes: Parameters<typeof setup>[0] = {}) => {
        const tried = setup({ showsWithinMs: 5_000, ...changes });
        tried.given.call = () => Promise.reject(rejected);
        return tried;
      };

      it('is followed by the decision of the next attempt: with nothing left to write it has had its effect', async () => {
        for (const openEnded of ['effective', undefined] as const) {
          const { log, run, given } = answeredWithAnError();
          given.call = () => {
            given.step = { ...asDone, ...(openEnded && { openEnded }) };
            return Promise.reject(rejected);
          };
          expect(await run()).toEqual({ outcome: 'not-needed' });
          expect(log.slice(5)).toEqual(['decide by 1', ...(openEnded ? ['effective RebootBroker 1'] : [])]);
        }
      });

      it('is rejected once the write is still due after the time in which its effect shows', async () => {
        const { log, run, clock } = answeredWithAnError();
        await expect(run()).rejects.toBe(rejected);
        expect(clock.sleeps).toEqual([2_500, 2_500]);
        expect(log.slice(4)).toEqual(['the call', 'decide by 1', 'decide by 1', 'rejected RebootBroker 1']);
      });

      it('is not found without effect while a gate hides it, or nothing can be read: its intent stays open', async () => {
        for (const hidden of [asRefused('UNREADABLE'), new ServiceUnavailable('no answer')]) {
          const { log, run, given } = answeredWithAnError();
          given.call = () => {
            given.step = hidden;
            return Promise.reject(rejected);
          };
          await expect(run()).rejects.toThrow(/^RebootBroker for orders was answered with an error \(no\), and /);
          await expect(run()).rejects.toThrow(hidden instanceof Error ? hidden : OutcomeUnknown);
          expect(log).not.toContain('rejected RebootBroker 1');
        }
      });

      it('is looked for without a record as well', async () => {
        const { log, run, given } = answeredWithAnError({ journal: undefined });
        given.call = () => {
          given.step = asDone;
          return Promise.reject(rejected);
        };
        expect(await run()).toEqual({ outcome: 'not-needed' });
        expect(log).toEqual(['decide by no intent', 'final check', 'the call', 'decide by no intent']);
      });
    });

    it('follows its check directly where a person overrides the table, and nothing is recorded', async () => {
      const { log, run } = setup({ journal: undefined });
      expect(await run()).toEqual({ outcome: 'issued' });
      expect(log).toEqual(['decide by no intent', 'final check', 'the call']);
    });
  });
});
