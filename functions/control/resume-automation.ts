import { type Reading, tryRead } from '../runtime/reading.ts';
import type { Run } from '../runtime/run.ts';
import type { AutomationStop } from './automation-stop.ts';
import type { Freeze } from './guards.ts';

/** Where the stop of a pair's automatic runs stands. */
interface StopRecords {
  readStop(): Promise<AutomationStop | undefined>;
  resume(seen: AutomationStop, resumed: Freeze): Promise<void>;
}

/**
 * Lifts what stops automatic runs, after a promotion that a person started has ended well. It gives the stop that it
 * lifted; a table that cannot be written is part of the answer, since the promotion goes on all the same and a person can
 * lift the stop by hand.
 */
export const resumeAutomation = (
  records: StopRecords,
  { automatic, executionArn }: Pick<Run, 'automatic' | 'executionArn'>,
  primaryBrokerId: string,
  nowMs: number,
): Promise<Reading<AutomationStop | undefined>> =>
  tryRead(async () => {
    const stop = automatic ? undefined : await records.readStop();
    if (stop === undefined) return undefined;
    const reason = `a person's promotion to ${primaryBrokerId} ended well`;
    await records.resume(stop, { reason, by: executionArn, atMs: nowMs });
    return stop;
  });
