import * as z from 'zod';
import { printable } from '../functions/runtime/printable.ts';
import { findingLines } from './execution-lines.ts';

const resultSchema = z.object({
  queues: z.number(),
  processed: z.number(),
  unprocessed: z.number(),
  uncertain: z.number(),
  expired: z.number(),
  processedTwice: z.number(),
  removed: z.number(),
  gone: z.number(),
  findings: z.array(z.unknown()),
});

type Result = z.output<typeof resultSchema>;

/** How a reconciliation ended, as its own output says it or the promotion whose step it was. */
const reconciliationSchema = z.object({
  outcome: z.string(),
  manifest: z.string().optional(),
  result: resultSchema.optional(),
  because: z.string().optional(),
  error: z.string().optional(),
  blockers: z.array(z.unknown()).optional(),
});

/** Which pair was reconciled, and where. */
export interface ReconciledPair {
  readonly pair: string;
  readonly region: string;
}

const runbook = 'docs/runbooks/messages-reconciled.md';

const count = (number: number, singular: string): string => `${number} ${singular}${number === 1 ? '' : 's'}`;

const countLines = (result: Result): readonly string[] => {
  const { queues, processed, unprocessed, uncertain, expired, processedTwice, removed, gone } = result;
  return [
    `${count(queues, 'queue')}: ${processed} already processed, ${unprocessed} unprocessed, ${uncertain} uncertain, ${expired} expired`,
    ...(removed + gone > 0 ? [`${removed} moved to the quarantine, ${gone} consumed by others before`] : []),
    ...(processedTwice > 0 ? [`${processedTwice} processed more than once; the manifest names them`] : []),
  ];
};

const start = ({ pair, region }: ReconciledPair, options: string): string =>
  `npx mq-dr start reconcile --pair ${pair} --region ${region} ${options} --watch`;

const nextLines = (
  { outcome, manifest, result }: z.output<typeof reconciliationSchema>,
  about: ReconciledPair,
): readonly string[] => {
  if (result === undefined || manifest === undefined) return [];
  const { processed, removed, gone, uncertain, processedTwice } = result;
  const left = processed > 0 && outcome !== 'Reconciled' && removed + gone === 0;
  return [
    ...(left ? [`next: ${start(about, `--mode repair --manifest ${manifest} --reason "repair"`)}`] : []),
    ...(outcome === 'Incomplete' || uncertain > 0 || processedTwice > 0 ? [`read: ${runbook}`] : []),
  ];
};

/** What a reconciliation found and did, and what to do next, for a person. @param value output of reconcile */
export const reconciliationLines = (value: unknown, about: ReconciledPair): readonly string[] => {
  const { success, data } = reconciliationSchema.safeParse(value);
  if (!success) return [];
  const { result, manifest, because, error } = data;
  return [
    ...(because === undefined ? [] : [`because ${because}`]),
    ...(error === undefined ? [] : [`error ${error}`]),
    ...(result === undefined ? [] : countLines(result)),
    ...findingLines('finding', result?.findings),
    ...(manifest === undefined ? [] : [`manifest ${manifest}`]),
    ...nextLines(data, about),
  ].map(printable);
};

/** What a step that came to nothing leaves to do. */
const againLines = (outcome: string, about: ReconciledPair): readonly string[] =>
  outcome === 'Failed' || outcome === 'Refused' ? [`next: ${start(about, '--reason "once more"')}`] : [];

/**
 * The same for a promotion: one line that says how its reconciliation ended, with what belongs to it below; nothing where
 * there was none.
 *
 * @param value member `reconciliation` of the promotion's output
 */
export const stepReconciliationLines = (value: unknown, about: ReconciledPair): readonly string[] => {
  const { success, data } = reconciliationSchema.safeParse(value);
  if (!success) return [];
  return [
    printable(`messages: ${data.outcome}`),
    ...[
      ...findingLines('blocker', data.blockers),
      ...reconciliationLines(value, about),
      ...againLines(data.outcome, about),
    ].map((line) => `  ${line}`),
  ];
};
