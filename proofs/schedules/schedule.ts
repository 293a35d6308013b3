import fc from 'fast-check';
import type { FaultInput } from '../../simulator/world/fault-schema.ts';
import { east, west } from '../../testbed/orders.ts';

/** Something that happens to a pair. */
export type Move =
  | {
      /** `override`: a failover by a person who does not want the Control table asked. */
      readonly do: 'switchover' | 'failover' | 'override' | 'dry-run' | 'automatic-failover' | 'failback' | 'reconcile';
      readonly region: string;
    }
  | {
      readonly do: 'late-run';
      readonly workflow: 'switchover' | 'failover';
      /** The call before which its write state pauses: the first one, or one between two polls. */
      readonly before: 'DescribeBroker' | 'GetItem';
      readonly region: string;
      readonly seconds: number;
    }
  | { readonly do: 'alarm'; readonly region: string }
  | { readonly do: 'freeze' | 'unfreeze'; readonly scope: 'PAIR#orders' | 'GLOBAL' }
  | { readonly do: 'answer'; readonly answer: 'approved' | 'denied' }
  /** Frozen for moments: whoever asks then must not take it for an end. */
  | { readonly do: 'brief-freeze'; readonly scope: 'PAIR#orders' | 'GLOBAL'; readonly seconds: number }
  | { readonly do: 'acknowledge' | 'abort' | 'resume' }
  /** Somebody in the AWS console, who does not know of mq-dr. */
  | { readonly do: 'promote-outside'; readonly region: string; readonly mode: 'SWITCHOVER' | 'FAILOVER' }
  | { readonly do: 'reboot-outside'; readonly region: string }
  | { readonly do: 'consumer-crash'; readonly count: number }
  | { readonly do: 'skew'; readonly region: string; readonly seconds: number }
  | { readonly do: 'fault'; readonly fault: FaultInput; readonly seconds: number };

/** What happens to a pair, and when. Everything in a play comes from it. */
export interface Schedule {
  readonly seed: number;
  readonly escalation:
    | { readonly mode: 'never' | 'ask' }
    | { readonly mode: 'auto'; readonly lossBudgetEvents: number };
  readonly antiFlapSeconds: number;
  readonly consumers: 'hold' | 'live';
  /** What a promotion does about the messages. */
  readonly afterPromotion: 'off' | 'report' | 'auto';
  /** Whether the deployment's rules are on, so that events, alarms, heartbeats and fencing come by themselves. */
  readonly rules: boolean;
  /** Ten times as many messages as usual, or as usual. */
  readonly traffic: 'usual' | 'tenfold';
  /** A protected window that covers automatic runs, in seconds since the first instant of the moves. */
  readonly protectedWindow: { readonly fromSeconds: number; readonly minutes: number } | null;
  readonly moves: readonly { readonly atSeconds: number; readonly move: Move }[];
}

/** Everything happens within this time; then faults and freezes are taken away. In seconds. */
export const horizonSeconds = 400;

const regions: [string, string] = [east, west];
const region = fc.constantFrom(...regions);

/** Of functions and operators alone: who audits must see everything at once. */
const functionsOnly = '*: *';

const fault: fc.Arbitrary<FaultInput> = fc.oneof(
  fc.constant<FaultInput>({ kind: 'link-cut', regions }),
  fc.constant<FaultInput>({ kind: 'partition', regions }),
  region.map((dark): FaultInput => ({ kind: 'region-blackout', region: dark })),
  fc
    .constantFrom('mq', 'dynamodb', 'monitoring', 'sns', 's3', 'lambda', 'ssm')
    .map((service): FaultInput => ({ kind: 'throttling', service, probability: 0.4, caller: functionsOnly })),
  // One service out, in one Region, for everything that runs there or for the runs of one workflow.
  fc
    .record({
      kind: fc.constantFrom('throttling' as const, 'server-error' as const),
      service: fc.constantFrom('mq', 'dynamodb', 'dynamodb', 'monitoring', 'sns', 'lambda', 'ssm'),
      of: region,
      caller: fc.constantFrom(
        functionsOnly,
        'failover *: *',
        'switchover *: *',
        'watch *: *',
        '*: *-lock',
        '*: *-consumers',
      ),
    })
    .map(({ kind, service, of, caller }): FaultInput => ({ kind, service, region: of, caller })),
  fc
    .record({
      answer: fc.constantFrom(
        ['BadRequestException', 400] as const,
        ['ForbiddenException', 403] as const,
        ['ConflictException', 409] as const,
        ['InternalServerErrorException', 500] as const,
      ),
      operation: fc.constantFrom('Promote', 'Promote', 'RebootBroker'),
    })
    .map(
      ({ answer: [code, statusCode], operation }): FaultInput => ({
        kind: 'lying-answer',
        service: 'mq',
        operation,
        code,
        statusCode,
        caller: functionsOnly,
        count: 1,
      }),
    ),
  fc
    .record({ when: fc.constantFrom('before' as const, 'after' as const), of: region })
    .map(({ when, of }): FaultInput => ({ kind: 'function-error', when, region: of })),
  fc
    .record({ of: region, by: fc.constantFrom(-600, -300, -120, -45, 45, 120, 300, 600) })
    .map(({ of, by }): FaultInput => ({ kind: 'clock-offset', region: of, seconds: by })),
  region.map((of): FaultInput => ({ kind: 'metrics', effect: 'missing', region: of })),
  region.map((of): FaultInput => ({ kind: 'stale-answer', region: of, service: 'mq', caller: functionsOnly })),
  fc.integer({ min: 5, max: 300 }).map((seconds): FaultInput => ({ kind: 'ledger-lag', seconds })),
  fc
    .constantFrom('SWITCHOVER' as const, 'FAILOVER' as const)
    .map((mode): FaultInput => ({ kind: 'stuck-promotion', mode, count: 1 })),
  fc
    .record({
      when: fc.constantFrom('before' as const, 'after' as const),
      operation: fc.constantFrom('Promote', 'Promote', 'PutItem', 'UpdateItem', 'DescribeBroker', 'PutObject'),
    })
    .map(
      ({ when, operation }): FaultInput => ({ kind: 'kill-caller', when, operation, caller: functionsOnly, count: 1 }),
    ),
  fc
    .record({
      when: fc.constantFrom('before' as const, 'after' as const),
      operation: fc.constantFrom('Promote', 'PutItem', 'UpdateItem', '*'),
    })
    .map(
      ({ when, operation }): FaultInput => ({
        kind: 'connection-reset',
        when,
        operation,
        caller: functionsOnly,
        count: 3,
      }),
    ),
);

const weighted = (weight: number, arbitrary: fc.Arbitrary<Move>) => ({ weight, arbitrary });

const move: fc.Arbitrary<Move> = fc.oneof(
  weighted(
    3,
    region.map((to) => ({ do: 'switchover', region: to })),
  ),
  weighted(
    3,
    region.map((to) => ({ do: 'failover', region: to })),
  ),
  weighted(
    1,
    fc
      .record({ do: fc.constantFrom('automatic-failover', 'dry-run', 'failback', 'reconcile'), region })
      .map((asked): Move => asked as Move),
  ),
  weighted(
    1,
    fc.record({
      do: fc.constant('late-run' as const),
      workflow: fc.constantFrom('switchover' as const, 'failover' as const),
      before: fc.constantFrom('DescribeBroker' as const, 'GetItem' as const),
      region,
      seconds: fc.integer({ min: 15, max: 900 }),
    }),
  ),
  weighted(
    1,
    region.map((at) => ({ do: 'alarm', region: at })),
  ),
  weighted(
    2,
    fc.record({
      do: fc.constantFrom('freeze' as const, 'unfreeze' as const),
      scope: fc.constantFrom('PAIR#orders' as const, 'GLOBAL' as const),
    }),
  ),
  weighted(
    1,
    fc.record({
      do: fc.constant('answer' as const),
      answer: fc.constantFrom('approved' as const, 'denied' as const),
    }),
  ),
  weighted(
    1,
    fc.record({
      do: fc.constant('brief-freeze' as const),
      scope: fc.constantFrom('PAIR#orders' as const, 'GLOBAL' as const),
      seconds: fc.integer({ min: 2, max: 20 }),
    }),
  ),
  weighted(1, fc.record({ do: fc.constantFrom('acknowledge' as const, 'abort' as const, 'resume' as const) })),
  weighted(
    1,
    fc.record({
      do: fc.constant('promote-outside' as const),
      region,
      mode: fc.constantFrom('SWITCHOVER' as const, 'FAILOVER' as const),
    }),
  ),
  weighted(
    1,
    region.map((of) => ({ do: 'reboot-outside', region: of })),
  ),
  weighted(
    1,
    region.map((to) => ({ do: 'override', region: to })),
  ),
  // A Region that comes back in the middle of what its loss has begun.
  weighted(
    2,
    fc.record({ of: region, seconds: fc.integer({ min: 10, max: 390 }) }).map(({ of, seconds }) => ({
      do: 'fault',
      fault: { kind: 'region-blackout', region: of },
      seconds,
    })),
  ),
  weighted(1, fc.record({ do: fc.constant('consumer-crash' as const), count: fc.integer({ min: 1, max: 3 }) })),
  // Within the ten seconds by which clocks may differ: functions/control/guards.ts.
  weighted(1, fc.record({ do: fc.constant('skew' as const), region, seconds: fc.integer({ min: -5, max: 5 }) })),
  weighted(5, fc.record({ do: fc.constant('fault' as const), fault, seconds: fc.integer({ min: 1, max: 300 }) })),
);

/**
 * Every twenty seconds, so that moves come together; some come a little later, between the steps of a run that began
 * there: those of a failover are five seconds apart.
 */
const instant = fc
  .record({ step: fc.integer({ min: 0, max: horizonSeconds / 20 - 1 }), later: fc.constantFrom(0, 0, 0, 3, 7, 12) })
  .map(({ step, later }) => step * 20 + later);

/** Schedules of two to six moves at few instants, so that much comes together. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  escalation: fc.constantFrom<Schedule['escalation']>(
    { mode: 'never' },
    { mode: 'ask' },
    { mode: 'auto', lossBudgetEvents: 1_000 },
  ),
  antiFlapSeconds: fc.constantFrom(0, 3_600),
  consumers: fc.constantFrom<Schedule['consumers']>('live', 'hold'),
  afterPromotion: fc.constantFrom<Schedule['afterPromotion']>('off', 'report', 'auto'),
  rules: fc.constantFrom(false, true, true),
  traffic: fc.constantFrom<Schedule['traffic']>(
    'usual',
    'usual',
    'usual',
    'usual',
    'usual',
    'usual',
    'usual',
    'tenfold',
  ),
  protectedWindow: fc.oneof(
    { weight: 7, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({ fromSeconds: fc.constantFrom(0, 60, 180), minutes: fc.integer({ min: 1, max: 15 }) }),
    },
  ),
  moves: fc.array(fc.record({ atSeconds: instant, move }), { minLength: 2, maxLength: 6 }),
});
