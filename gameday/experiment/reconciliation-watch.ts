import * as z from 'zod';
import type { ReconciledMessage, ReconciliationSnapshot } from '../traffic/reconciliation-books.ts';
import type { ExerciseStage, StageStatusChange } from './stage-port.ts';

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

/** What the watch reads. */
export interface WatchedStage extends Pick<ExerciseStage, 'stores' | 'report'> {
  /** When the pair was promoted so far, oldest first; virtual milliseconds since the Unix epoch. */
  promotionTimes(pair: string): readonly number[];
}

/** Producers' ids have no prefix; the ledger's are as JMS shows them. */
const applicationId = (id: string): string => id.replace(/^ID:/, '');

/**
 * What a run of reconcile that has just ended says about each message, with what the brokers hold at this moment.
 * Undefined for runs that went through no queue.
 */
export const reconciliationSnapshot = (
  change: StageStatusChange,
  stage: WatchedStage,
): ReconciliationSnapshot | undefined => {
  if (change.machine !== 'reconcile' || change.output === undefined) return undefined;
  const output = outputSchema.safeParse(JSON.parse(change.output));
  if (!output.success) return undefined;
  const { pair, manifest: hash, result } = output.data;
  const read = (key: string): string => {
    const text = stage.report(change.region, key);
    if (text === undefined) throw new TypeError(`the report bucket of ${change.region} lacks ${key}`);
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
    stage
      .stores(pair)
      .filter(({ brokerId }) => brokerId !== manifest.brokerId)
      .flatMap(({ messageIds }) => messageIds),
  );
  return {
    atMs: change.atMs,
    run: change.executionArn.split(':').at(-1) ?? change.executionArn,
    messages,
    repaired: result.removed > 0,
    onlyHere: new Set(messages.map(({ id }) => id).filter((id) => !elsewhere.has(id))),
    previousPromotionAtMs: stage.promotionTimes(pair).at(-2),
  };
};
