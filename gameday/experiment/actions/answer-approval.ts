import * as z from 'zod';
import { operatorName } from '../context.ts';
import { missingPair } from '../scenario/missing-names.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

/** How often the operator polls the notifications, in virtual milliseconds; short against an approval's minutes. */
const pollMs = 1_000;

const schema = z.strictObject({
  pair: z.string().min(1),
  answer: z.enum(['approved', 'denied']),
  /** How long the operator waits for the question. The default is longer than a switchover usually waits before it asks. */
  withinSeconds: z.number().positive().max(86_400).default(1_800),
});

/** Answers the newest question about a pair as `mq-dr approve` and `deny` do; its id comes from the notification. */
export const answerApproval = defineAction({
  kind: 'answer-approval',
  schema,
  describe: (step) => `wait for the question about ${step.pair}; it is ${step.answer}`,
  check: missingPair,
  run: async ({ clock, operator, recorder }, step) => {
    const deadlineMs = clock.nowMs() + step.withinSeconds * 1_000;
    const asksForIt = `approval needed for ${step.pair} by `;
    for (;;) {
      const asked = recorder.notifications().findLast(({ subject }) => subject.includes(asksForIt));
      const approvalId = /^Approval (\w+),/m.exec(asked?.message ?? '')?.[1];
      if (approvalId !== undefined) {
        const decision = { status: step.answer, decidedBy: operatorName };
        await operator.records.decideApproval(step.pair, approvalId, decision, clock.nowMs());
        return { pair: step.pair, approvalId, answer: step.answer };
      }
      if (clock.nowMs() >= deadlineMs) {
        throw new StepFailedError(`nobody asked about ${step.pair} within ${step.withinSeconds} s`);
      }
      await clock.sleepMs(pollMs);
    }
  },
});
