import { stringify } from 'yaml';
import { ordersPlaces } from '../../testbed/orders.ts';
import type { Violations } from './audit.ts';
import { triesSeconds } from './carry-out.ts';
import type { Move, Schedule } from './schedule.ts';
import { calmSeconds, settingsOf } from './schedule-settings.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A step of a scenario and when it is due, in seconds since the first instant of the moves. */
interface TimedStep {
  readonly atSeconds: number;
  readonly step: Fields;
}

/** After the last step: the longest that a clean-up may take, so that the hypothesis is asked when all is quiet. */
const quietSeconds = 1_200;

const pair = 'orders';
const reason = 'schedule';

const startOf = (workflow: string, region: string, input: Fields): Fields => ({
  action: 'run-workflow',
  workflow,
  region,
  input: { pair, reason, ...input },
  wait: false,
});

const scopeOf = (scope: 'PAIR#orders' | 'GLOBAL'): Fields => (scope === 'GLOBAL' ? {} : { pair });

/** The steps of one move; `faults` gets the faults that they raise. */
const stepsOf = (move: Move, atSeconds: number, faults: Record<string, Fields>): readonly TimedStep[] => {
  const now = (step: Fields): readonly TimedStep[] => [{ atSeconds, step }];
  const forSeconds = (seconds: number, begin: Fields, end: Fields): readonly TimedStep[] => [
    { atSeconds, step: begin },
    { atSeconds: atSeconds + seconds, step: end },
  ];
  const raise = (fault: Fields, seconds: number): readonly TimedStep[] => {
    const name = `fault-${Object.keys(faults).length + 1}`;
    faults[name] = fault;
    return forSeconds(seconds, { action: 'raise-fault', fault: name }, { action: 'clear-fault', fault: name });
  };
  switch (move.do) {
    case 'switchover':
      return now(startOf('switchover', move.region, { targetRegion: move.region }));
    case 'failback':
      return now(startOf('failback', move.region, {}));
    case 'reconcile':
      return now(startOf('reconcile', move.region, { mode: 'auto' }));
    case 'failover':
      return now(startOf('failover', move.region, { acceptDataLoss: true }));
    case 'override':
      return now(startOf('failover', move.region, { acceptDataLoss: true, overrideControl: reason }));
    case 'dry-run':
      return now(startOf('failover', move.region, { acceptDataLoss: true, dryRun: true }));
    case 'automatic-failover':
      return now(startOf('failover', move.region, { acceptDataLoss: true, automatic: true }));
    case 'late-run': {
      const caller = `*: ${move.workflow === 'failover' ? 'request-failover' : 'promote-replica'}*`;
      const fault = { kind: 'late-caller', delayMs: move.seconds * 1_000, operation: move.before, caller };
      const input = move.workflow === 'failover' ? { acceptDataLoss: true } : { targetRegion: move.region };
      return [...raise(fault, triesSeconds), ...now(startOf(move.workflow, move.region, input))];
    }
    case 'alarm':
      return now({ action: 'send-alarms', pair, region: move.region });
    case 'freeze':
    case 'unfreeze':
      return now({ action: move.do, ...scopeOf(move.scope) });
    case 'brief-freeze':
      return forSeconds(
        move.seconds,
        { action: 'freeze', ...scopeOf(move.scope) },
        { action: 'unfreeze', ...scopeOf(move.scope) },
      );
    case 'answer':
      return now({ action: 'answer-approval', pair, answer: move.answer, withinSeconds: 1 });
    case 'acknowledge':
      return now({ action: 'acknowledge', pair });
    case 'resume':
      return now({ action: 'resume-automation', pair });
    case 'abort':
      return now({ action: 'stop-run' });
    case 'promote-outside':
      return now({ action: 'promote-outside', pair, region: move.region, mode: move.mode });
    case 'reboot-outside':
      return now({ action: 'reboot-outside', pair, region: move.region });
    case 'consumer-crash':
      return raise({ kind: 'consumer-crash', count: move.count }, quietSeconds);
    case 'skew':
      return raise({ kind: 'clock-offset', region: move.region, seconds: move.seconds }, quietSeconds);
    default:
      return raise(move.fault, move.seconds);
  }
};

/**
 * A schedule as a scenario of a game day: the same moves at the same times, with the traffic of real clients and all rules
 * of the deployment. What random numbers decide may come out differently there.
 */
export const writeScenario = (schedule: Schedule, violations: Violations): string => {
  const faults: Record<string, Fields> = {};
  const steps = schedule.moves
    .flatMap(({ atSeconds, move }) => stepsOf(move, atSeconds, faults))
    .toSorted((one, other) => one.atSeconds - other.atSeconds);
  const method: Fields[] = [
    { action: 'start-traffic' },
    { action: 'wait', name: 'Replication, for heartbeats and gauges', seconds: calmSeconds },
  ];
  let nowSeconds = 0;
  for (const { atSeconds, step } of steps) {
    if (atSeconds > nowSeconds) method.push({ action: 'wait', seconds: atSeconds - nowSeconds });
    nowSeconds = atSeconds;
    method.push({ ...step, mayFail: true });
  }
  method.push({ action: 'wait', name: 'Until all is quiet', seconds: quietSeconds }, { action: 'stop-traffic' });
  const scenario = {
    title: `Schedule of seed ${schedule.seed}`,
    description: `A random schedule that broke promises: ${violations.join('; ')}`,
    seed: schedule.seed,
    world: {
      triggers: true,
      pairs: {
        [pair]: {
          ...ordersPlaces,
          paired: true,
          consumers: schedule.consumers,
          ledger: { afterPromotion: schedule.afterPromotion },
          settings: settingsOf(schedule),
        },
      },
    },
    traffic: {
      pair,
      queues: ['orders.placed'],
      producers: 1,
      consumers: 1,
      ratePerSecond: schedule.traffic === 'tenfold' ? 1 : 0.1,
      region: 'us-east-2',
    },
    faults,
    'steady-state-hypothesis': {
      title: 'Nothing is lost, and nobody keeps the lock',
      probes: [
        { probe: 'messages-accounted', maxProcessedTwice: 1_000 },
        { probe: 'lock-free', pair },
      ],
    },
    method,
  };
  return stringify(scenario, { aliasDuplicateObjects: false });
};
