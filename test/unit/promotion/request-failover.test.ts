import { describe, expect, it } from 'vitest';
import type { Heartbeat } from '../../../functions/control/heartbeat.ts';
import type { Intent } from '../../../functions/control/intent.ts';
import {
  assessFailoverRequest,
  type FailoverOrder,
  type FailoverRequest,
  failoverSettleMs,
  requestFailover,
} from '../../../functions/promotion/request-failover.ts';
import {
  ControlConflict,
  InvalidInput,
  LockLost,
  NotFound,
  OutcomeUnknown,
  RequestRejected,
  ServiceUnavailable,
} from '../../../functions/runtime/errors.ts';
import type { Assessment, Finding } from '../../../functions/runtime/finding.ts';
import {
  asRole,
  eastRef,
  minutely,
  noonMs,
  ordersPair,
  pairedEast,
  pairedWest,
  westRef,
} from '../../support/brokers.ts';
import { earlierIntent, FakeBrokers, FakeClock, FakeControl, FakeFinalCheck } from '../../support/fake-ports.ts';

const finding = (code: string): Finding => ({ code, message: code, evidence: {} });
const beat: Heartbeat = {
  region: 'us-east-1',
  atMs: noonMs - 20_000,
  brokerId: eastRef.brokerId,
  role: 'primary',
  state: 'RUNNING',
  endpoint: 'accepts',
  backlogEvents: 12,
};
const expectedLoss = { known: true, events: 12, ageSeconds: 20, current: true };
/** The other side is silent, and this one beats. */
const silent: Heartbeat = { ...beat, atMs: noonMs - 200_000, clockSkewMs: 0 };
const own: Heartbeat = { ...beat, region: 'us-west-2', beatingSinceMs: noonMs - 3_600_000, clockSkewMs: 0 };

const setup = () => {
  const brokers = new FakeBrokers(pairedEast(), pairedWest());
  brokers.onWrite = () => brokers.set(pairedWest(asRole('primary')));
  const read: string[] = [];
  const control = new FakeControl();
  const clock = new FakeClock();
  const finalCheck = new FakeFinalCheck();
  const given = {
    guards: { blockers: [], warnings: [] } as Assessment,
    heartbeat: async (): Promise<Heartbeat | undefined> => beat,
    /** How long replication has stood still. */
    waitMs: 400_000,
  };
  const ports = {
    clock,
    brokers: {
      tryDescribe: (address: { readonly region: string; readonly brokerId: string }) => {
        read.push(address.region);
        return brokers.tryDescribe(address);
      },
      promote: brokers.promote.bind(brokers),
    },
    control,
    heartbeats: {
      read: async (_pair: string, region: string) => (region === 'us-west-2' ? own : await given.heartbeat()),
    },
    metrics: { read: async () => ({ ReplicaWaitTime: minutely([given.waitMs]) }) },
    assessGuards: async () => given.guards,
    finalCheck: finalCheck.check,
  };
  const asked = (changes: Partial<FailoverOrder> = {}): FailoverOrder => ({
    pair: ordersPair(),
    runningRegion: 'us-west-2',
    executionArn: 'arn:run',
    acceptDataLoss: true,
    dryRun: false,
    withoutControl: false,
    automatic: false,
    agreedAtMs: null,
    ...changes,
  });
  return {
    brokers,
    control,
    clock,
    finalCheck,
    given,
    /** Regions whose brokers were read. */
    read,
    request: (changes?: Partial<FailoverOrder>) => requestFailover(asked(changes), ports),
    assess: (changes?: Partial<FailoverRequest>) => assessFailoverRequest(asked(changes), ports),
    nothingWritten: () => expect([...control.writes, ...brokers.calls]).toEqual([]),
  };
};

const intentOf = (ageMs: number, changes: Partial<Intent> = {}) =>
  earlierIntent('Promote', { mode: 'FAILOVER', subject: westRef.brokerId, openedAtMs: noonMs - ageMs, ...changes });
const promoted = [`Promote ${westRef.brokerId} FAILOVER`];

describe('requestFailover', () => {
  it('promotes the broker of its own Region, under an intent, and reads no other one', async () => {
    const { brokers, control, read, finalCheck, request } = setup();
    expect(await request()).toEqual({ outcome: 'requested', predictedLoss: expectedLoss });
    expect(brokers.calls).toEqual(promoted);
    expect(control.writes).toEqual(['open Promote 1', 'issued Promote 1']);
    expect(control.intents.get('orders/Promote')).toMatchObject({ mode: 'FAILOVER', executionArn: 'arn:run' });
    expect(read).toEqual(['us-west-2']);
    expect(finalCheck.checks).toBe(2);
  });

  it('names the same decision for the same failover and another one for the next', async () => {
    const decisionOf = async (sequence: number, executionArn: string): Promise<string | undefined> => {
      const { control, request } = setup();
      control.given(intentOf(9_000_000, { sequence, status: 'settled', settledAs: 'effective' }));
      await request({ executionArn });
      return control.intents.get('orders/Promote')?.decision;
    };
    expect(await decisionOf(1, 'arn:one')).toBe(await decisionOf(1, 'arn:two'));
    expect(await decisionOf(1, 'arn:one')).not.toBe(await decisionOf(2, 'arn:one'));
  });

  it('refuses with all reasons of gates and guards, and writes nothing', async () => {
    const { brokers, finalCheck, request, nothingWritten } = setup();
    brokers.set(pairedWest({ state: 'REBOOT_IN_PROGRESS' }));
    finalCheck.blockers = [finding('FROZEN')];
    finalCheck.warnings = [finding('ANTI_FLAP')];
    expect(await request({ acceptDataLoss: false })).toMatchObject({
      outcome: 'refused',
      blockers: [{ code: 'TARGET_NOT_RUNNING' }, { code: 'DATA_LOSS_NOT_ACCEPTED' }, { code: 'FROZEN' }],
      warnings: [{ code: 'PREDICTED_LOSS' }, { code: 'PRIMARY_SERVES' }, { code: 'ANTI_FLAP' }],
    });
    nothingWritten();
  });

  it.each([false, true])('refuses by what speaks against it right before the write (dry run: %s)', async (dryRun) => {
    const { finalCheck, request, nothingWritten } = setup();
    finalCheck.blockers = [finding('FROZEN')];
    expect(await request({ dryRun })).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
    nothingWritten();
  });

  describe('of an automatic run', () => {
    const automatic = { automatic: true, agreedAtMs: noonMs - 20_000 };
    const agreeing = () => {
      const tried = setup();
      tried.given.heartbeat = async () => silent;
      return tried;
    };

    it('promotes while the signals still agree, and asks the other Region nothing for that', async () => {
      const { read, request } = agreeing();
      expect(await request(automatic)).toMatchObject({ outcome: 'requested', predictedLoss: { current: false } });
      expect(new Set(read)).toEqual(new Set(['us-west-2']));
    });

    it.each<[string, (given: ReturnType<typeof setup>['given']) => void, string]>([
      [
        'a fresh heartbeat says that the primary serves',
        (given) => {
          given.heartbeat = async () => ({ ...beat, clockSkewMs: 0 });
        },
        'SIGNALS_CLEARED',
      ],
      [
        'replication moves again',
        (given) => {
          given.waitMs = 20_000;
        },
        'SIGNALS_CLEARED',
      ],
      [
        'a clock is off',
        (given) => {
          given.heartbeat = async () => ({ ...silent, clockSkewMs: 300_000 });
        },
        'SIGNALS_UNKNOWN',
      ],
    ])('ends without a promotion when %s', async (_label, change, code) => {
      const { given, request, nothingWritten } = agreeing();
      change(given);
      expect(await request(automatic)).toMatchObject({ outcome: 'signals-cleared', blockers: [{ code }] });
      nothingWritten();
    });

    it('judges them once more right before the call, and closes its intent', async () => {
      const { brokers, control, finalCheck, given, request } = agreeing();
      finalCheck.before = () => {
        if (finalCheck.checks === 1) given.heartbeat = async () => ({ ...beat, clockSkewMs: 0 });
      };
      expect(await request(automatic)).toMatchObject({ outcome: 'signals-cleared' });
      expect(brokers.calls).toEqual([]);
      expect(control.writes).toEqual(['open Promote 1', 'not-effective Promote 1']);
    });

    it('lists everything else that speaks against it', async () => {
      const { finalCheck, given, request } = agreeing();
      given.waitMs = 0;
      finalCheck.blockers = [finding('FROZEN')];
      const { blockers } = (await request(automatic)) as { readonly blockers: readonly Finding[] };
      expect(blockers.map(({ code }) => code)).toEqual(['SIGNALS_CLEARED', 'FROZEN']);
    });

    it('leaves a person alone, who sees what the other side says', async () => {
      const { request, assess, brokers } = setup();
      expect((await assess()).warnings.map(({ code }) => code)).toEqual(['PREDICTED_LOSS', 'PRIMARY_SERVES']);
      expect(await request()).toMatchObject({ outcome: 'requested' });
      expect(brokers.calls).toEqual(promoted);
    });
  });

  it('does not even close an open switchover when it has lost its lock', async () => {
    const { control, finalCheck, request, nothingWritten } = setup();
    control.given(intentOf(60_000, { mode: 'SWITCHOVER', status: 'issued' }));
    finalCheck.error = new LockLost('another run has taken it');
    await expect(request()).rejects.toThrow(LockLost);
    nothingWritten();
  });

  it('lists the promotion of a dry run and makes none', async () => {
    const { request, nothingWritten } = setup();
    const write = { BrokerId: westRef.brokerId, Mode: 'FAILOVER' };
    expect(await request({ dryRun: true })).toEqual({
      outcome: 'dry-run',
      plannedWrites: [{ service: 'mq', operation: 'Promote', region: 'us-west-2', request: write }],
    });
    nothingWritten();
  });

  it.each([
    ['the target is the primary already', true, intentOf(60_000)],
    ['a failover is under way', false, intentOf(60_000, { status: 'issued' })],
  ])('has no write to list in a dry run when %s', async (_label, isPrimary, intent) => {
    const { brokers, control, request, nothingWritten } = setup();
    control.given(intent);
    if (isPrimary) brokers.set(pairedWest(asRole('primary')));
    expect(await request({ dryRun: true })).toEqual({ outcome: 'dry-run', plannedWrites: [] });
    nothingWritten();
  });

  describe('that an earlier attempt has begun', () => {
    it('is recognised by its effect when the answer was lost', async () => {
      const { brokers, control, clock, request } = setup();
      brokers.nextWrite = 'answer lost';
      await expect(request()).rejects.toThrow(OutcomeUnknown);
      clock.advanceMs(5_000);
      expect(await request()).toMatchObject({ outcome: 'under-way' });
      expect(brokers.calls).toEqual(promoted);
      expect(control.writes).toEqual(['open Promote 1']);
    });

    it('goes on from a promotion whose run died behind it, whoever asks', async () => {
      const { brokers, control, request, nothingWritten } = setup();
      control.given(intentOf(3_600_000, { status: 'issued' }));
      brokers.set(pairedWest(asRole('primary')));
      expect(await request({ executionArn: 'arn:new' })).toMatchObject({ outcome: 'under-way' });
      nothingWritten();
    });

    it('is observed, not repeated, once the service has confirmed it', async () => {
      const { control, request, nothingWritten } = setup();
      control.given(intentOf(3_600_000, { status: 'issued' }));
      expect(await request()).toMatchObject({ outcome: 'under-way' });
      nothingWritten();
    });

    it('is under way even while the target cannot be read', async () => {
      const { brokers, control, request, nothingWritten } = setup();
      control.given(intentOf(5_000, { status: 'issued' }));
      brokers.breakReading(westRef.brokerId, new ServiceUnavailable('throttled'));
      expect(await request()).toMatchObject({ outcome: 'under-way' });
      nothingWritten();
    });

    it('is waited for while it is unconfirmed and young', async () => {
      const { control, request, nothingWritten } = setup();
      control.given(intentOf(failoverSettleMs - 1));
      await expect(request()).rejects.toThrow(OutcomeUnknown);
      nothingWritten();
    });

    it('is repeated when it is unconfirmed, old, and without effect', async () => {
      const { brokers, control, request } = setup();
      control.given(intentOf(failoverSettleMs));
      expect(await request()).toMatchObject({ outcome: 'requested' });
      expect(brokers.calls).toEqual(promoted);
      expect(control.writes).toEqual(['not-effective Promote 1', 'open Promote 2', 'issued Promote 2']);
    });
  });

  describe('over a switchover', () => {
    const switchover = (changes: Partial<Intent> = {}) =>
      intentOf(60_000, { mode: 'SWITCHOVER', status: 'issued', ...changes });

    it.each([
      ['to the same broker', switchover()],
      ['to the same broker, unconfirmed and young', switchover({ status: 'issuing', openedAtMs: noonMs })],
      ['to the other broker', switchover({ subject: eastRef.brokerId })],
    ])('interrupts one %s', async (_label, open) => {
      const { brokers, control, request } = setup();
      control.given(open);
      expect(await request()).toMatchObject({ outcome: 'requested' });
      expect(brokers.calls).toEqual(promoted);
      expect(control.writes).toEqual(['superseded Promote 1', 'open Promote 2', 'issued Promote 2']);
    });

    it('promotes nothing when the exchange has completed meanwhile', async () => {
      const { brokers, control, request, nothingWritten } = setup();
      control.given(switchover());
      brokers.set(pairedWest(asRole('primary')));
      expect(await request()).toMatchObject({ outcome: 'already-primary' });
      nothingWritten();
    });

    it('promotes nothing when another run was faster', async () => {
      const { brokers, control, request } = setup();
      control.given(switchover());
      control.failNextWrite = { method: 'openIntent', error: new ControlConflict('another run') };
      await expect(request()).rejects.toThrow(ControlConflict);
      expect(brokers.calls).toEqual([]);
    });
  });

  it('refuses a broker that is primary by no open promotion', async () => {
    const { brokers, control, request, nothingWritten } = setup();
    control.given(intentOf(60_000, { status: 'settled', settledAs: 'effective' }));
    brokers.set(pairedWest(asRole('primary')));
    expect(await request()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'WRONG_REGION' }] });
    nothingWritten();
  });

  it.each(['rejected', 'not-effective', 'superseded'] as const)(
    'finishes what follows on a promotion that was closed as %s, once the broker is primary all the same',
    async (settledAs) => {
      const { brokers, control, request, assess, nothingWritten } = setup();
      brokers.set(pairedWest(asRole('primary')));
      control.given(intentOf(600_000, { status: 'settled', settledAs }));
      expect((await assess()).blockers).toEqual([]);
      expect(await request()).toMatchObject({ outcome: 'under-way' });
      nothingWritten();
    },
  );

  it('has nothing to finish after a promotion that was, or one of the other broker', async () => {
    const { brokers, control, assess } = setup();
    brokers.set(pairedWest(asRole('primary')));
    for (const more of [{ settledAs: 'effective' }, { settledAs: 'rejected', subject: eastRef.brokerId }] as const) {
      control.given(intentOf(600_000, { status: 'settled', ...more }));
      expect((await assess()).blockers).toMatchObject([{ code: 'WRONG_REGION' }]);
    }
  });

  it('closes the intent as rejected when the service refuses, so that a later attempt may follow', async () => {
    const { brokers, control, request } = setup();
    brokers.nextWrite = new RequestRejected('not now');
    await expect(request()).rejects.toThrow('not now');
    expect(await request()).toMatchObject({ outcome: 'requested' });
    expect(control.writes).toEqual(['open Promote 1', 'rejected Promote 1', 'open Promote 2', 'issued Promote 2']);
  });

  describe('without the Control table', () => {
    const override = { withoutControl: true };

    it('promotes by the role alone and records nothing', async () => {
      const { brokers, finalCheck, request, control } = setup();
      expect(await request(override)).toMatchObject({ outcome: 'requested', predictedLoss: { known: false } });
      expect(brokers.calls).toEqual(promoted);
      expect(control.writes).toEqual([]);
      expect(finalCheck.checks).toBe(1);
    });

    it('observes a promotion whose answer was lost', async () => {
      const { brokers, request } = setup();
      brokers.nextWrite = 'answer lost';
      expect(await request(override)).toMatchObject({ outcome: 'under-way' });
    });

    it('goes on after a process that died behind its promotion', async () => {
      const { brokers, request, nothingWritten } = setup();
      brokers.set(pairedWest(asRole('primary')));
      expect(await request(override)).toMatchObject({ outcome: 'already-primary' });
      nothingWritten();
    });

    it('is refused like any other by what can be read', async () => {
      const { brokers, finalCheck, request, nothingWritten } = setup();
      finalCheck.blockers = [finding('FROZEN')];
      brokers.set(pairedWest({ state: 'REBOOT_IN_PROGRESS' }));
      expect(await request({ ...override, acceptDataLoss: false })).toMatchObject({
        blockers: [{ code: 'TARGET_NOT_RUNNING' }, { code: 'DATA_LOSS_NOT_ACCEPTED' }, { code: 'FROZEN' }],
      });
      nothingWritten();
    });

    it('lists the promotion of a dry run', async () => {
      const { request, nothingWritten } = setup();
      expect(await request({ ...override, dryRun: true })).toMatchObject({ plannedWrites: [{ operation: 'Promote' }] });
      nothingWritten();
    });
  });
});

describe('assessFailoverRequest', () => {
  it('names the reasons of gates and guards at once', async () => {
    const { given, assess } = setup();
    given.guards = { blockers: [finding('FROZEN')], warnings: [finding('ANTI_FLAP')] };
    const { blockers, warnings } = await assess({ acceptDataLoss: false });
    expect(blockers.map(({ code }) => code)).toEqual(['DATA_LOSS_NOT_ACCEPTED', 'FROZEN']);
    expect(warnings.map(({ code }) => code)).toEqual(['PREDICTED_LOSS', 'PRIMARY_SERVES', 'ANTI_FLAP']);
  });

  it.each([
    ['no Region of the pair', { runningRegion: 'us-east-2' }, InvalidInput, 'its Regions are us-east-1 and us-west-2'],
    ['a pair that has no brokers', { pair: ordersPair({ brokers: undefined }) }, NotFound, 'orders'],
  ])('refuses by name %s', async (_label, changes, error, message) => {
    const { assess } = setup();
    await expect(assess(changes)).rejects.toThrow(error);
    await expect(assess(changes)).rejects.toThrow(message);
  });

  it('is not held up by a heartbeat that cannot be read', async () => {
    const { given, assess } = setup();
    given.heartbeat = () => Promise.reject(new ServiceUnavailable('no answer'));
    expect(await assess()).toMatchObject({ blockers: [], predictedLoss: { known: false } });
  });

  it('does not take an error of its own for a missing heartbeat', async () => {
    const { given, assess } = setup();
    given.heartbeat = () => Promise.reject(new TypeError('a slip'));
    await expect(assess()).rejects.toThrow(TypeError);
  });

  it.each([
    ['the guards could not be read', false],
    ['a person overrides the table', true],
  ])('does not ask the table again when %s', async (_label, withoutControl) => {
    const { control, given, assess } = setup();
    if (!withoutControl) given.guards = { blockers: [finding('CONTROL_UNREACHABLE')], warnings: [] };
    control.readIntent = () => Promise.reject(new ServiceUnavailable('no answer'));
    const { blockers, ownIntent } = await assess({ withoutControl });
    expect(blockers.map(({ code }) => code)).toEqual(withoutControl ? [] : ['CONTROL_UNREACHABLE']);
    expect(ownIntent).toBeUndefined();
  });

  it('lets a run pass at its own promotion, but tells one that comes later where to start', async () => {
    const { brokers, control, assess } = setup();
    brokers.set(pairedWest(asRole('primary')));
    control.given(intentOf(60_000, { status: 'issued' }));
    expect((await assess()).blockers).toEqual([]);
    control.given(intentOf(60_000, { status: 'settled', settledAs: 'effective' }));
    expect((await assess()).blockers).toMatchObject([{ code: 'WRONG_REGION' }]);
  });
});
