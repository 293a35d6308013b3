import { describe, expect, it } from 'vitest';
import { executionArnOf } from '../../../functions/aws/executions.ts';
import type { BrokerReading } from '../../../functions/brokers/broker-snapshot.ts';
import type { Intent } from '../../../functions/control/intent.ts';
import { AccessDenied, NotFound, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import type { FenceOfPromoted } from '../../../functions/watch/promoted-fence.ts';
import { type ReactionPorts, reactToEvent } from '../../../functions/watch/react-to-event.ts';
import { readTriggerEvent } from '../../../functions/watch/trigger-event.ts';
import { asRole, eastRef, known, noonMs, ordersPair, pairedWest, unreadable, westRef } from '../../support/brokers.ts';
import { earlierIntent } from '../../support/fake-ports.ts';
import { alarmEvent, callEvent, healthEvent, runEvent } from '../../support/trigger-events.ts';

const machineArn = (name: string) => `arn:aws:states:us-west-2:111122223333:stateMachine:${name}`;

class CliIo {
  readonly done: string[] = [];
  readonly notes = new Map<string, string>();
  readonly started = new Set<string>();
  watchedBy: string | undefined;
  replica: BrokerReading = known(pairedWest());
  intent: Intent | undefined;
  clockProblem: string | undefined;
  machines: readonly string[] = ['watch', 'settle-run', 'readiness'];
  readonly asked: string[] = [];
  leaves = false;
  claimError: Error | undefined;
  fence: FenceOfPromoted = 'not-fenced';
  members: ReactionPorts['members'] = async () => [eastRef, westRef];

  ports(region = westRef.region): ReactionPorts {
    return {
      region,
      members: (pair) => this.members(pair),
      tryDescribe: async () => this.replica,
      readPromotion: async () => this.intent,
      readClockProblem: async () => this.clockProblem,
      machine: (name) => (this.machines.includes(name) ? machineArn(name) : undefined),
      executionArn: executionArnOf,
      start: async (arn, name, input) => {
        if (this.started.has(name)) return 'exists';
        this.started.add(name);
        this.done.push(`start ${arn.split(':').at(-1)} ${JSON.stringify(input)}`);
        return 'started';
      },
      claimWatch: async (_pair, executionArn) => {
        if (this.claimError !== undefined) throw this.claimError;
        this.watchedBy ??= executionArn;
        return this.watchedBy === executionArn;
      },
      releaseWatch: async () => {
        this.watchedBy = undefined;
      },
      liftFence: async ({ name }, { brokerId }) => {
        this.done.push(`lift the fence of ${name} ${brokerId}`);
        return this.fence;
      },
      readFence: async () => ({ known: true, value: undefined }),
      leavesAnything: async (executionArn, input) => {
        this.asked.push(`${executionArn.split(':').at(-1)} ${input}`);
        return this.leaves;
      },
      reports: {
        isNoted: async (_pair, kind, key) => this.notes.get(kind) === key,
        note: async (_pair, kind, key) => {
          this.notes.set(kind, key);
        },
      },
      page: async (subject, message) => {
        this.done.push(`page ${subject}\n${message}`);
      },
      announce: async (detailType, detail) => {
        this.done.push(`announce ${detailType} ${JSON.stringify(detail)}`);
      },
    };
  }

  async react(event: unknown, region?: string) {
    const reactions = await reactToEvent(readTriggerEvent(event), [ordersPair()], this.ports(region));
    return reactions.map(({ reaction }) => reaction);
  }
}

describe('reacting to an alarm', () => {
  it('starts one watch in the Region of the replica, with what the alarm says', async () => {
    const world = new CliIo();
    expect(await world.react(alarmEvent())).toEqual(['watch-started']);
    expect(world.done).toEqual([
      'start watch {"pair":"orders","signal":"alarm orders-replica-wait: Threshold Crossed: 1 datapoint [190000.0] was greater than the threshold (180000.0)."}',
    ]);
    expect(world.watchedBy).toMatch(/:execution:watch:orders-[0-9a-f]{16}$/);
  });

  it('takes the alarm of the standby instance as well', async () => {
    expect(await new CliIo().react(alarmEvent({ broker: 'orders-west-2' }))).toEqual(['watch-started']);
  });

  it('starts nothing new for the same event again, and leaves an ended watch ended', async () => {
    const world = new CliIo();
    await world.react(alarmEvent());
    world.watchedBy = undefined;
    expect(await world.react(alarmEvent())).toEqual(['already-watched']);
    expect(world.done.length).toBe(1);
    expect(world.watchedBy).toBeUndefined();
  });

  it('leaves the pair to a watch that has it', async () => {
    const world = new CliIo();
    world.watchedBy = 'another';
    expect(await world.react(alarmEvent())).toEqual(['already-watched']);
    expect(world.done).toEqual([]);
  });

  it.each<[string, (world: CliIo) => void, ReturnType<typeof alarmEvent>, readonly string[]]>([
    ['is over', () => {}, alarmEvent({ state: 'OK' }), []],
    ['is about another broker', () => {}, alarmEvent({ broker: 'billing-1' }), []],
    ['is about a broker of that name in another Region', () => {}, alarmEvent({ region: 'us-east-2' }), []],
    [
      'comes on the side of the primary',
      (world) => {
        world.replica = known(pairedWest(asRole('primary')));
      },
      alarmEvent(),
      ['other-side'],
    ],
    [
      'comes where no watch is deployed',
      (world) => {
        world.machines = [];
      },
      alarmEvent(),
      ['other-side'],
    ],
    [
      'comes before the pair has brokers',
      (world) => {
        world.members = async () => {
          throw new NotFound('no brokers yet');
        };
      },
      alarmEvent(),
      [],
    ],
  ])('does nothing when it %s', async (_label, given, event, reactions) => {
    const world = new CliIo();
    given(world);
    expect(await world.react(event)).toEqual(reactions);
    expect(world.done).toEqual([]);
  });

  it('watches a broker that cannot be read: it may be the replica', async () => {
    const world = new CliIo();
    world.replica = unreadable();
    expect(await world.react(alarmEvent())).toEqual(['watch-started']);
  });

  it('tells people when nobody can know who watches', async () => {
    const world = new CliIo();
    world.claimError = new ServiceUnavailable('the table does not answer');
    expect(await world.react(alarmEvent())).toEqual(['paged']);
    expect(world.done.join()).toContain('the table does not answer');
  });

  it('fails on other errors, so that the event is handed over again', async () => {
    const world = new CliIo();
    world.claimError = new AccessDenied('no');
    await expect(world.react(alarmEvent())).rejects.toThrow(AccessDenied);
  });
});

describe('reacting to a call', () => {
  it('reports a promotion that no run asked for, once, and re-evaluates', async () => {
    const world = new CliIo();
    expect(await world.react(callEvent())).toEqual(['outside-promotion-reported', 're-evaluated']);
    expect(world.done[0]).toBe(`lift the fence of orders ${westRef.brokerId}`);
    expect(world.done[1]).toMatch(
      /^page mq-dr ACT NOW: orders was promoted outside mq-dr\n.*alice promoted b-2222bbbb/,
    );
    expect(world.done[2]).toContain('announce Promotion Outside mq-dr');
    expect(world.done[3]).toBe('start readiness {}');
    expect((await world.react(callEvent()))[0]).toBe('reported-before');
    expect(world.done.slice(4)).toEqual([`lift the fence of orders ${westRef.brokerId}`]);
  });

  it('lifts the fence of the promoted broker before it asks the table whose promotion it was', async () => {
    const world = new CliIo();
    const ports = {
      ...world.ports(),
      readPromotion: async () => {
        throw new ServiceUnavailable('no table');
      },
    };
    await expect(reactToEvent(readTriggerEvent(callEvent()), [ordersPair()], ports)).rejects.toThrow('no table');
    expect(world.done).toEqual([`lift the fence of orders ${westRef.brokerId}`]);
  });

  it('leaves the fence of a broker of the other Region to that Region', async () => {
    const world = new CliIo();
    await reactToEvent(readTriggerEvent(callEvent()), [ordersPair()], world.ports(eastRef.region));
    expect(world.done[0]).toContain('is for its own Region to say');
  });

  it('does not report a promotion of its own', async () => {
    const world = new CliIo();
    world.intent = earlierIntent('Promote', { subject: westRef.brokerId, openedAtMs: noonMs - 121_000 });
    expect(await world.react(callEvent())).toEqual(['nothing', 're-evaluated']);
  });

  it('reports a promotion that it can attribute to nobody, since a clock is off, once and without a verdict', async () => {
    const world = new CliIo();
    world.intent = earlierIntent('Promote', { subject: westRef.brokerId, openedAtMs: noonMs + 180_000 });
    world.clockProblem = 'the clock of us-west-2 is 300 s ahead';
    expect(await world.react(callEvent())).toEqual(['unattributed-promotion-reported', 're-evaluated']);
    expect(world.done[1]).toMatch(
      /^page mq-dr ACT TODAY: orders was promoted, and clocks.*\n.*the clock of us-west-2 is 300 s/,
    );
    expect(world.done.some((each) => each.startsWith('announce'))).toBe(false);
    expect((await world.react(callEvent()))[0]).toBe('reported-before');
  });

  it.each(['RebootBroker', 'UpdateBroker', 'DeleteBroker'])('re-evaluates after %s', async (operation) => {
    const world = new CliIo();
    expect(await world.react(callEvent(operation))).toEqual(['re-evaluated']);
    expect(world.done).toEqual(['start readiness {}']);
  });

  it.each([
    ['was refused', callEvent('Promote', { errorCode: 'BadRequestException' })],
    ['is about an unknown broker', callEvent('Promote', { requestParameters: { 'broker-id': 'b-9' } })],
  ])('does nothing when it %s', async (_label, event) => {
    expect(await new CliIo().react(event)).toEqual([]);
  });

  it('does without re-evaluation where none is deployed', async () => {
    const world = new CliIo();
    world.machines = ['watch'];
    expect(await world.react(callEvent('RebootBroker'))).toEqual(['nothing']);
  });
});

describe('reacting to AWS Health', () => {
  it('pages once and watches from the side of the replica', async () => {
    const world = new CliIo();
    expect(await world.react(healthEvent())).toEqual(['health-reported', 'watch-started']);
    expect(world.done[0]).toContain('Brokers may not be reachable.');
    expect((await world.react(healthEvent()))[0]).toBe('reported-before');
    expect(world.done.filter((each) => each.startsWith('page')).length).toBe(1);
  });

  it.each([
    ['a change that is planned', healthEvent({ eventTypeCategory: 'scheduledChange' }), ['health-reported']],
    ['an issue that is over', healthEvent({ statusCode: 'closed' }), ['health-reported']],
    ['an issue of the whole Region', healthEvent({ affectedEntities: [] }), ['health-reported', 'watch-started']],
    ['an issue of other brokers', healthEvent({ affectedEntities: [{ entityValue: 'b-9' }] }), []],
    ['an issue of another Region', healthEvent({ eventRegion: 'us-west-1' }), []],
  ])('makes of %s what it should', async (_label, event, reactions) => {
    expect(await new CliIo().react(event)).toEqual(reactions);
  });
});

describe('reacting to the end of a run', () => {
  it('starts one settle-run', async () => {
    const world = new CliIo();
    expect(await world.react(runEvent())).toEqual(['settle-run-started']);
    expect(await world.react(runEvent())).toEqual(['settled-before']);
    expect(world.done).toEqual([
      'start settle-run {"executionArn":"arn:aws:states:us-west-2:111122223333:execution:switchover:run-1"}',
    ]);
  });

  it('starts another one when the run was redriven and ends again', async () => {
    const world = new CliIo();
    await world.react(runEvent());
    expect(await world.react(runEvent({ redriveCount: 1 }))).toEqual(['settle-run-started']);
  });

  it.each([
    ['has only begun', { status: 'RUNNING' }],
    ['is a settle-run itself', { stateMachineArn: machineArn('settle-run') }],
  ])('does nothing when it %s', async (_label, changes) => {
    expect(await new CliIo().react(runEvent(changes))).toEqual([]);
  });

  it.each([
    [true, ['settle-run-started']],
    [false, ['nothing']],
  ])('settles a run that succeeded if it left something behind (%s)', async (leaves, expected) => {
    const world = new CliIo();
    world.leaves = leaves;
    expect(await world.react(runEvent({ status: 'SUCCEEDED' }))).toEqual(expected);
    expect(world.asked).toEqual(['run-1 {"pair":"orders"}']);
  });

  it('settles a run that succeeded without asking when the event lacks its input', async () => {
    const world = new CliIo();
    expect(await world.react(runEvent({ status: 'SUCCEEDED', input: null }))).toEqual(['settle-run-started']);
    expect(world.asked).toEqual([]);
  });
});
