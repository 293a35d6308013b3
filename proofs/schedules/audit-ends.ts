import { type Intent, isOpen } from '../../functions/control/intent.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { timeOf, type Violations } from './audit.ts';
import { isOverridden } from './run-input.ts';

/**
 * Calm seconds after the end of a run in which what it did not give back is settled: the rule that starts settle-run, its
 * Retry, and a lease (420 s) where only the lease can tell, with the ten seconds by which clocks differ.
 */
const graceSeconds = 600;

const pollMs = 30_000;

/** Workflows that take the lock of the pair, or the lease of a watch. */
const takers: ReadonlySet<string> = new Set(['switchover', 'failover', 'failback', 'reconcile', 'watch']);

/** The end of a run. */
interface Ended {
  readonly executionArn: string;
  readonly endedAtMs: number;
  /** Whether its Region was dark at that time. */
  readonly unheard: boolean;
}

/**
 * After every end of a run no lock, lease or open intent of it is left. Where its Region was dark at the end nobody hears of
 * it, and its lock must end by the lease. A failover that took effect after its end keeps its intent on purpose, since the
 * next start goes on from it; then a page has to say so.
 */
export const auditEnds = (testbed: Testbed, calmMs: () => number, violations: Violations): void => {
  const { aws, clock, operator } = testbed;
  /** When pages said that a failover took effect after the end of its run. */
  const reportedAtMs: number[] = [];
  testbed.observe({
    notification: ({ atMs, subject = '' }) => {
      if (subject.endsWith('failover of orders completed late, handover missing')) reportedAtMs.push(atMs);
    },
  });
  const isReported = ({ mode, subject }: Intent, endedAtMs: number): boolean => {
    const views = testbed.pair('orders').views();
    const hasEffect = views.some(({ brokerId, role }) => brokerId === subject && role === 'primary');
    return mode === 'FAILOVER' && hasEffect && reportedAtMs.some((atMs) => atMs >= endedAtMs);
  };
  const left = async ({ executionArn, endedAtMs, unheard }: Ended): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const scope of ['PAIR#orders', 'WATCH#orders']) {
      const guards = await operator.guards(scope).read();
      if (guards.known && guards.lock?.owner === executionArn && (!unheard || guards.lock.expiresAtMs > clock.nowMs()))
        found.push(`the lock ${scope}`);
    }
    const intent = await operator.records.readIntent('orders', 'Promote').catch(() => undefined);
    if (intent?.executionArn === executionArn && isOpen(intent) && !isReported(intent, endedAtMs))
      found.push(`intent ${intent.sequence}, ${intent.status}`);
    return found;
  };
  testbed.observe({
    statusChange: ({ detail: { executionArn, stateMachineArn, status } }) => {
      const machine = stateMachineArn.split(':').at(-1) ?? '';
      if (status === 'RUNNING' || !takers.has(machine)) return;
      const endedAtMs = clock.nowMs();
      const ended = { executionArn, endedAtMs, unheard: aws.reachability.isDark(executionArn.split(':')[3] ?? '') };
      clock.spawn('auditor of ends', async () => {
        const calmAtEndMs = calmMs();
        while (calmMs() - calmAtEndMs < graceSeconds * 1_000) {
          if ((await left(ended)).length === 0) return;
          await clock.sleepMs(pollMs);
        }
        const found = await left(ended);
        // An open promotion is observed by settle-run for up to an hour.
        const settles = testbed.running().some(({ machineName }) => machineName === 'settle-run');
        const unsettled = settles ? found.filter((each) => !each.startsWith('intent')) : found;
        if (unsettled.length === 0 || isOverridden(testbed, executionArn)) return;
        violations.push(
          `${timeOf(clock.nowMs())} ${machine} ended at ${timeOf(endedAtMs)} as ${status} and keeps ${unsettled.join(' and ')} [end]`,
        );
      });
    },
  });
};
