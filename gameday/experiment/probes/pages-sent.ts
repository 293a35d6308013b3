import * as z from 'zod';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({
  count: z.int().min(0),
  /** Only notifications whose subject or message holds this text. */
  matching: z.string().min(1).optional(),
});

/** Operators got exactly so many notifications. */
export const pagesSent = defineProbe({
  kind: 'pages-sent',
  schema,
  describe: ({ count, matching }) =>
    `${count} ${count === 1 ? 'page' : 'pages'}${matching === undefined ? '' : ` about “${matching}”`}`,
  run: async ({ recorder }, { count, matching = '' }) => {
    const pages = recorder
      .notifications()
      .filter(({ subject, message }) => subject.includes(matching) || message.includes(matching));
    return {
      met: pages.length === count,
      finding: pages.length === 0 ? 'no page was sent' : pages.map(({ subject }) => subject).join('; '),
      evidence: pages.map(({ atMs, region, subject }) => ({ atMs, region, subject })),
    };
  },
});
