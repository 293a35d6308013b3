import type { Testbed } from '../../testbed/testbed.ts';
import { timeOf, type Violations } from './audit.ts';
import { onPromotion } from './promotions.ts';
import { runInput } from './run-input.ts';
import type { Schedule } from './schedule.ts';

/** How a promotion that a person asked for ends when it ended well. */
const goodEnds: ReadonlySet<unknown> = new Set(['SwitchedOver', 'FailedOver', 'FailedBack', 'Escalated']);

/** A person's no, and what an audit is told of. */
export interface PersonsWord {
  /** A person denied a failover. */
  denied(): void;
  /** A person allowed automatic runs again. */
  resumed(): void;
}

/**
 * No automatic run promotes after a person's no (a denial, a question that nobody answered, a stall under the policy
 * `never`) until a person acts, nor within a protected window that covers it. Freezes are audited where every promotion is.
 *
 * @param firstMs when the moves of the schedule begin
 */
export const auditNo = (
  testbed: Testbed,
  { protectedWindow, escalation }: Pick<Schedule, 'protectedWindow' | 'escalation'>,
  firstMs: number,
  violations: Violations,
): PersonsWord => {
  let no: { readonly atMs: number; readonly what: string } | undefined;
  const say = (what: string): void => {
    no ??= { atMs: testbed.clock.nowMs(), what };
  };
  testbed.observe({
    statusChange: ({ region, detail: { executionArn, stateMachineArn, status, output } }) => {
      if (status !== 'SUCCEEDED' || output === null) return;
      const machine = stateMachineArn.split(':').at(-1);
      const { outcome, dryRun } = JSON.parse(output) as Readonly<Record<string, unknown>>;
      if (machine === 'switchover' && outcome === 'Stalled' && escalation.mode === 'never') {
        say(`a switchover stalled in ${region}, and the policy says never`);
      }
      if (!goodEnds.has(outcome) || dryRun === true) return;
      if (!runInput(testbed, executionArn).automatic) no = undefined;
    },
  });
  onPromotion(testbed, async ({ atMs, caller, executionArn }) => {
    if (executionArn === undefined || !runInput(testbed, executionArn).automatic) return;
    if (no !== undefined && no.atMs < atMs) {
      violations.push(`${timeOf(atMs)} Promote by ${caller}: since ${timeOf(no.atMs)}, ${no.what} [no]`);
    }
    if (protectedWindow === null) return;
    // Windows begin with a full minute.
    const beginMs = Math.floor((firstMs + protectedWindow.fromSeconds * 1_000) / 60_000) * 60_000;
    if (atMs >= beginMs && atMs < beginMs + protectedWindow.minutes * 60_000) {
      violations.push(`${timeOf(atMs)} Promote by ${caller}: in a protected window for automatic runs [no]`);
    }
  });
  return {
    denied: () => say('a person denied a failover'),
    resumed: () => {
      no = undefined;
    },
  };
};
