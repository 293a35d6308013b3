import * as z from 'zod';
import { defineProbe } from '../step.ts';

const maximum = z.int().min(0).default(0);
const schema = z.strictObject({ maxLost: maximum, maxProcessedTwice: maximum, maxStranded: maximum });

/** Every confirmed message took effect exactly once, but for the exceptions that the scenario allows; all are named. */
export const messagesAccounted = defineProbe({
  kind: 'messages-accounted',
  schema,
  describe: () => 'every confirmed message took effect exactly once',
  run: async ({ traffic }, step) => {
    const totals = traffic.results().map((result) => result.messages);
    const sum = (pick: (total: (typeof totals)[number]) => number): number =>
      totals.reduce((count, total) => count + pick(total), 0);
    const counts = {
      confirmed: sum((total) => total.confirmed),
      processedOnce: sum((total) => total.processedOnce),
      processedTwice: sum((total) => total.processedTwice + total.unknown.processedTwice),
      queued: sum((total) => total.queued),
      stranded: sum((total) => total.stranded),
      lost: sum((total) => total.lost),
    };
    // While traffic runs, messages on their way are normal; afterwards nobody would take them any more.
    const waiting = traffic.running ? 0 : counts.queued;
    const met =
      counts.lost <= step.maxLost &&
      counts.processedTwice <= step.maxProcessedTwice &&
      counts.stranded + waiting <= step.maxStranded;
    const finding =
      counts.confirmed === 0
        ? 'no message was sent'
        : `${counts.confirmed} confirmed: ${counts.processedOnce} processed once, ${counts.processedTwice} twice or more, ` +
          `${counts.lost} lost, ${counts.stranded} stranded, ${counts.queued} left on a queue`;
    return { met, finding, evidence: counts };
  },
});
