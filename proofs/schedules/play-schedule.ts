import { clockSkewSeconds, leaseSeconds } from '../../functions/control/guards.ts';
import type { Engine } from '../../simulator/engine/engine.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { createTestbed } from '../baseline/baseline.ts';
import { observe, settleEndedRuns } from '../baseline/observations.ts';
import { auditLostRegion, auditPromotions, type Violations } from './audit.ts';
import { auditEnds } from './audit-ends.ts';
import { auditEvidence } from './audit-evidence.ts';
import { auditNo } from './audit-no.ts';
import { auditPages } from './audit-pages.ts';
import { auditRepairs } from './audit-repairs.ts';
import { auditService } from './audit-service.ts';
import { auditWriters } from './audit-writers.ts';
import { calmTime } from './calm-time.ts';
import { carryOut } from './carry-out.ts';
import { horizonSeconds, type Schedule } from './schedule.ts';
import { calmSeconds, settingsOf } from './schedule-settings.ts';
import type { Tally } from './tally.ts';
import { ScheduleTraffic } from './traffic.ts';

/** Longer than all that a run may wait for: a watch, an approval, a switchover's deadline, an hour of settle-run. */
const timeoutSeconds = 4 * 3_600;

/** The longest that a function may stand still, of `late-run`. */
const latestSeconds = 900;

const testbedOf = (schedule: Schedule): Promise<Testbed> => {
  const { seed, consumers, afterPromotion, rules } = schedule;
  const pair = { consumers, ledger: { afterPromotion }, settings: settingsOf(schedule) };
  return createTestbed({ pair }, { seed, triggers: rules });
};

/** Whether the newest question about the pair has been denied. */
const wasDenied = async ({ aws, operator }: Testbed): Promise<boolean> => {
  const asked = aws.notifications().findLast(({ message }) => /^Approval /m.test(message));
  const approvalId = /^Approval (\w+)/m.exec(asked?.message ?? '')?.[1];
  if (approvalId === undefined) return false;
  return (await operator.records.readApproval('orders', approvalId))?.status === 'denied';
};

/** What happened in a schedule that was played to its end. */
export interface PlayedSchedule {
  /** Promises that were broken; none, where all were kept. */
  readonly violations: Violations;
  /** How much there was to break them in, by what was counted. */
  readonly tally: Tally;
}

/**
 * Plays a schedule to its end.
 *
 * @param onEngine gets the engine before anything runs, for coverage
 * @param onTestbed gets the test bed as early, for whoever wants to see more of it
 */
export const playSchedule = async (
  schedule: Schedule,
  onEngine: (engine: Engine) => void = () => {},
  onTestbed: (testbed: Testbed) => void = () => {},
): Promise<PlayedSchedule> => {
  const violations: Violations = [];
  const tally = new Map<string, number>();
  const testbed = await testbedOf(schedule);
  const { aws, clock, engine, operator } = testbed;
  const { effects, answerProblems } = observe(testbed);
  if (!schedule.rules) settleEndedRuns(testbed);
  onEngine(engine);
  onTestbed(testbed);
  const mayBeStuck = schedule.moves.some(
    ({ move }) => move.do === 'fault' && (move.fault.kind === 'stuck-promotion' || move.fault.kind === 'stale-answer'),
  );
  auditPromotions(testbed, mayBeStuck, violations);
  auditLostRegion(testbed, violations);
  auditWriters(testbed, violations);
  const calmMs = calmTime(testbed);
  const word = auditNo(testbed, schedule, clock.nowMs() + calmSeconds * 1_000, violations);
  auditEvidence(testbed, violations);
  auditEnds(testbed, calmMs, violations);
  auditPages(testbed, violations);
  const traffic = new ScheduleTraffic(testbed);
  auditRepairs(
    testbed,
    (brokerId) => traffic.messagesOf(brokerId),
    (brokerId, id) => traffic.hasAcknowledged(brokerId, id),
    violations,
  );
  let isOver = false;
  await testbed.play(async () => {
    auditService(testbed, { calmMs, watches: schedule.rules, isOver: () => isOver }, violations);
    clock.spawn('traffic', async () => {
      const times = schedule.traffic === 'tenfold' ? 10 : 1;
      await traffic.run(calmSeconds, 'calm', times);
      await traffic.run(horizonSeconds, 'busy', times);
      await traffic.run(calmSeconds, 'calm', times);
    });
    await clock.sleepMs(calmSeconds * 1_000);
    for (const { atSeconds, move } of schedule.moves) {
      clock.spawn(`${atSeconds} s: ${move.do}`, async () => {
        await clock.sleepMs(atSeconds * 1_000);
        // An operator whose call fails in the trouble of the moment gives up.
        const done = await carryOut(testbed, traffic, move, schedule.rules).then(
          () => true,
          () => false,
        );
        if (done && move.do === 'answer' && move.answer === 'denied' && (await wasDenied(testbed))) word.denied();
        if (done && move.do === 'resume') word.resumed();
      });
    }
    const beats = !schedule.rules && schedule.moves.some(({ move }) => move.do === 'alarm');
    for (let seconds = 0; seconds < horizonSeconds; seconds += 60) {
      for (const at of beats ? [east, west] : []) {
        if (!aws.reachability.isDark(at))
          clock.spawn(`heartbeat ${at}`, () => testbed.invokeAsEvent('write-heartbeat', at, {}));
      }
      await clock.sleepMs(60_000);
    }
    aws.faults.stopAll();
    for (const scope of ['PAIR#orders', 'GLOBAL'] as const) await carryOut(testbed, traffic, { do: 'unfreeze', scope });
    const deadlineMs = clock.nowMs() + timeoutSeconds * 1_000;
    while (testbed.running().length > 0 && clock.nowMs() < deadlineMs) await clock.sleepMs(60_000);
    for (const { name, machineName } of testbed.running()) violations.push(`${machineName} ${name} never ends`);
    // A run that was stopped cannot give its lock back; late functions may still be at it until then.
    await clock.sleepMs(Math.max(latestSeconds, leaseSeconds + clockSkewSeconds) * 1_000);
    const taken = await operator.guards('PAIR#orders').acquire('auditor', 'audit', clock.nowMs());
    if (!taken.acquired) violations.push(`the lock is still held by ${taken.lock.owner} [end]`);
    isOver = true;
    const { confirmed, processedTwice, uncertain, setAside } = await traffic.audit(violations);
    violations.push(...answerProblems);
    tally.set('moves', schedule.moves.length);
    tally.set('executions of workflows', engine.executions().length);
    tally.set('promotions that took effect', effects.filter((effect) => effect.startsWith('Promote')).length);
    tally.set('messages confirmed', confirmed);
    tally.set('messages that took effect twice, each named', processedTwice);
    tally.set('messages of consumers that died, each named', uncertain);
    tally.set('second deliveries taken away, each with a copy', setAside.processed);
  });
  await testbed.close();
  return { violations, tally };
};
