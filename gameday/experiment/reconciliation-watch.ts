import * as z from 'zod';
import type { ExecutionStatusChangeEvent } from '../../simulator/engine/ports.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { ReconciledMessage, ReconciliationSnapshot } from '../traffic/reconciliation-accounting.ts';

/** Runs that went through queues, and what they did with what they proved. */
const outputSchema = z.object({
  outcome: z.enum(['Reconciled', 'ReportOnly', 'Incomplete']),
  pair: z.string(),
  manifest: z.string(),
  result: z.object({ removed: z.number() }),
});

const manifestSchema = z.object({
  brokerId: z.string(),
  queues: z.array(z.object({ parts: z.array(z.object({ key: z.string() })) })),
});

const lineSchema = z.object({
  id: z.string().nullable(),
  class: z.enum(['processed', 'unprocessed', 'uncertain', 'expired']),
});

/** Producers' ids have no prefix; the ledger's are as JMS shows them. */
const applicationId = (id: string): string => id.replace(/^ID:/, '');

/**
 * What a run of reconcile that has just ended says about each message, with what the brokers hold at this moment.
 * Undefined for runs that went through no queue.
 *
 * @param promotionTimes when a pair was promoted so far, oldest first; virtual milliseconds since the Unix epoch
 */
export const reconciliationSnapshot = (
  { region, detail }: ExecutionStatusChangeEvent,
  testbed: Testbed,
  promotionTimes: (pair: string) => readonly number[],
): ReconciliationSnapshot | undefined => {
  if (!detail.stateMachineArn.endsWith(':reconcile') || detail.output === null) return undefined;
  const output = outputSchema.safeParse(JSON.parse(detail.output));
  if (!output.success) return undefined;
  const { pair, manifest: hash, result } = output.data;
  const read = (key: string): string => {
    const text = testbed.report(region, key);
    if (text === undefined) throw new TypeError(`the report bucket of ${region} lacks ${key}`);
    return text;
  };
  const manifest = manifestSchema.parse(JSON.parse(read(`manifests/${pair}/${hash}.json`)));
  const messages = manifest.queues
    .flatMap(({ parts }) => parts)
    .flatMap(({ key }) => read(key).trim().split('\n'))
    .map((line) => lineSchema.parse(JSON.parse(line)))
    .flatMap(({ id, class: judged }): readonly ReconciledMessage[] =>
      id === null ? [] : [{ id: applicationId(id), class: judged }],
    );
  const elsewhere = new Set(
    testbed
      .pair(pair)
      .stores()
      .filter(({ brokerId }) => brokerId !== manifest.brokerId)
      .flatMap(({ messageIds }) => messageIds),
  );
  return {
    atMs: testbed.clock.nowMs(),
    run: detail.name,
    messages,
    repaired: result.removed > 0,
    onlyHere: new Set(messages.map(({ id }) => id).filter((id) => !elsewhere.has(id))),
    previousPromotionAtMs: promotionTimes(pair).at(-2),
  };
};
