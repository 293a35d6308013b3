import * as z from 'zod/mini';
import { notify } from '../aws/notifications.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { watchInputSchema } from './watch-input.ts';
import { watchMessage } from './watch-message.ts';
import { reportedCodes } from './watch-step.ts';

const reasonsSchema = z._default(z.array(z.looseObject({ code: z.string(), message: z.string() })), []);

/**
 * Pages operators about a watch: at its end, when that is neither a failover nor clear, and once while something holds its
 * failover back. It hands back the codes that were reported last.
 */
export const handler = composeHandler({
  name: 'report-watch',
  input: z.strictObject({
    input: watchInputSchema,
    because: z.string(),
    evidence: z.array(z.string()),
    /** Why the failover that the watch started refused; empty when it started none. */
    blockers: reasonsSchema,
    /** What holds automatic runs back; empty when nothing does. */
    stops: reasonsSchema,
    /** Codes that a watch which goes on has reported last, empty before; left out at its end. */
    reported: z.optional(z.string()),
    run: runSchema,
  }),
  environment: notifyEnvironmentSchema,
  handle: async ({ input, run, reported, ...seen }, { runtime, environment, region, logDecision }) => {
    const ends = reported === undefined;
    const codes = reportedCodes([...seen.blockers, ...seen.stops]);
    const reports = ends || (codes !== '' && codes !== reported);
    logDecision(ends ? 'watch ends with a page' : 'watch held back', { pair: input.pair, ...seen, reports });
    if (reports) {
      const page = watchMessage({ ...input, ...seen, ends, region, executionArn: run.executionArn });
      await notify(runtime, environment.TOPIC_ARN, page);
    }
    return { reported: reports ? codes : (reported ?? codes) };
  },
});
