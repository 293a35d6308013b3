import * as z from 'zod';
import { defineProbe } from '../step.ts';

const maximum = z.int().min(0).default(0);
const schema = z.strictObject({
  maxLost: maximum,
  maxProcessedTwice: maximum,
  maxStranded: maximum,
  /** Whether a message may take effect twice only if it was named uncertain, by its consumer or by reconciliation. */
  /** Processed messages that must lie in a quarantine, each with one second delivery that did not happen. */
  minQuarantined: maximum,
  onlyUncertainTwice: z.boolean().default(false),
});

/** Every confirmed message took effect exactly once, but for the exceptions that the scenario allows; all are named. */
export const messagesAccounted = defineProbe({
  kind: 'messages-accounted',
  schema,
  describe: () => 'every confirmed message took effect exactly once',
  run: async ({ traffic }, step) => {
    const results = traffic.results();
    const totals = results.map((result) => result.messages);
    const uncertain = new Set(
      results.flatMap(({ messages, reconciliation }) => [
        ...messages.named.uncertain.map(({ id }) => id),
        ...(reconciliation?.named.uncertain ?? []),
      ]),
    );
    const unexplained = totals
      .flatMap(({ named }) => named.processedTwice.map(({ id }) => id))
      .filter((id) => step.onlyUncertainTwice && !uncertain.has(id));
    const sum = (pick: (total: (typeof totals)[number]) => number): number =>
      totals.reduce((count, total) => count + pick(total), 0);
    const counts = {
      confirmed: sum((total) => total.confirmed),
      processedOnce: sum((total) => total.processedOnce),
      processedTwice: sum((total) => total.processedTwice + total.unknown.processedTwice),
      queued: sum((total) => total.queued),
      stranded: sum((total) => total.stranded),
      lost: sum((total) => total.lost),
      quarantined: sum((total) => total.setAside.processed),
    };
    // While traffic runs, messages on their way are normal; afterwards nobody would take them any more.
    const waiting = traffic.running ? 0 : counts.queued;
    const met =
      counts.lost <= step.maxLost &&
      counts.processedTwice <= step.maxProcessedTwice &&
      counts.stranded + waiting <= step.maxStranded &&
      counts.quarantined >= step.minQuarantined &&
      unexplained.length === 0;
    const finding =
      counts.confirmed === 0
        ? 'no message was sent'
        : `${counts.confirmed} confirmed: ${counts.processedOnce} processed once, ${counts.processedTwice} twice or more, ` +
          `${counts.lost} lost, ${counts.stranded} stranded, ${counts.queued} left on a queue, ${counts.quarantined} in quarantine` +
          (unexplained.length === 0 ? '' : `; twice without being uncertain: ${unexplained.slice(0, 5).join(', ')}`);
    return { met, finding, evidence: counts };
  },
});
