import * as z from 'zod/mini';
import { notify } from '../aws/notifications.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { runSchema } from '../runtime/run.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { watchInputSchema } from './watch-input.ts';

const blockerSchema = z.looseObject({ code: z.string(), message: z.string() });

/** Pages operators about a watch that ends without a failover and without being cleared. */
export const handler = composeHandler({
  name: 'report-watch',
  input: z.strictObject({
    input: watchInputSchema,
    because: z.string(),
    evidence: z.array(z.string()),
    /** Why the failover that the watch started refused; empty when it started none. */
    blockers: z.array(blockerSchema),
    run: runSchema,
  }),
  environment: notifyEnvironmentSchema,
  handle: async ({ input, because, evidence, blockers, run }, { runtime, environment, region, logDecision }) => {
    const refused = blockers.length > 0;
    logDecision('watch ends with a page', { pair: input.pair, because, evidence, blockers });
    await notify(runtime, environment.TOPIC_ARN, {
      subject: pageSubject(
        'now',
        refused
          ? `automatic failover of ${input.pair} refused`
          : `${input.pair} may be down, the watch could not decide`,
      ),
      message: [
        `The watch of ${input.pair} has ended: ${because}.`,
        `It was started by: ${input.signal}`,
        ...(refused ? ['The failover that it started refused to act:'] : []),
        ...blockers.map(({ code, message }) => `- ${code}: ${message}`),
        'Last check:',
        ...evidence.map((line) => `- ${line}`),
        `Nothing was promoted. If the pair needs a failover, start it in ${region} by hand. The next signal starts a new watch.`,
        runbookLine('watch-paged'),
        `Run: ${run.executionArn}`,
      ].join('\n'),
    });
    return { reported: true };
  },
});
