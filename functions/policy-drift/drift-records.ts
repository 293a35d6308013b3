import * as z from 'zod/mini';
import type { JsonValue } from '../config/json-value.ts';
import { intentEnds } from '../control/intent.ts';
import { policyKey } from './drift-finding.ts';
import { type PolicyHistory, policyHistorySchema } from './policy-history.ts';
import type { RecordPort } from './ports.ts';

const jsonValue: z.ZodMiniType<JsonValue> = z.json();
const jsonRecord = z.record(z.string(), jsonValue);

const policySchema = z.strictObject({
  vhost: z.string(),
  name: z.string(),
  pattern: z.string(),
  applyTo: z.string(),
  definition: jsonRecord,
  priority: z.number(),
});

const settingSchema = z.strictObject({ policy: z.nullable(z.string()), definition: jsonRecord, copies: z.int() });

/** What a change did to one queue, as the audit keeps it. */
const effectSchema = z.strictObject({
  queue: z.string(),
  /** Null while the broker showed no figure. */
  messages: z.nullable(z.number()),
  before: settingSchema,
  after: settingSchema,
  resync: z.boolean(),
});

/** The record of one write: intent before, audit and before-image after. */
const changeRecordSchema = z.strictObject({
  vhost: z.string(),
  name: z.string(),
  because: z.string(),
  reason: z.string(),
  before: z.nullable(policySchema),
  after: z.nullable(policySchema),
  /** What was wanted, see `desiredText`. */
  desired: z.string(),
  status: z.enum(['issuing', 'issued', 'settled']),
  settledAs: z.nullable(z.enum(intentEnds)),
  openedAtMs: z.number(),
  executionArn: z.string(),
  /** How many queues it touches; the first ones are in `effects`. */
  queues: z.int(),
  effects: z.array(effectSchema),
});

export type ChangeRecord = z.output<typeof changeRecordSchema>;

/** A record with its name and the version that the next write must find. */
export interface StoredChange {
  readonly recordName: string;
  readonly version: number;
  readonly change: ChangeRecord;
}

const latestSchema = z.strictObject({ run: z.string() });

/** The last part of an execution's ARN: its name. */
export const runNameOf = (executionArn: string): string => executionArn.split(':').at(-1) ?? executionArn;

const changesOf = (run: string): string => `CHANGE#${run}#`;
const historyOf = (vhost: string, name: string): string => `POLICY#${policyKey(vhost, name)}`;
const latestName = 'LATEST_CHANGES';

/** Why a rollback changes a policy. */
export const rollbackCode = 'ROLLBACK';

/** Everything that a run has written or meant to write, in order. */
export const readChanges = async (records: RecordPort, run: string): Promise<readonly StoredChange[]> =>
  [...(await records.list(changesOf(run), changeRecordSchema))].map(([recordName, { value, version }]) => ({
    recordName,
    version,
    change: value,
  }));

/** The newest run that changed policies. */
export const latestRun = async (records: RecordPort): Promise<string | undefined> =>
  (await records.read(latestName, latestSchema))?.value.run;

/** Histories of all policies that were ever written, by `policyKey`. */
export const readHistories = async (records: RecordPort): Promise<ReadonlyMap<string, PolicyHistory>> =>
  new Map(
    [...(await records.list('POLICY#', policyHistorySchema))].map(([name, { value }]) => [
      name.slice('POLICY#'.length),
      value,
    ]),
  );

/**
 * Opens the record of a write that is about to be made, as number `sequence` of its run.
 *
 * @throws ControlConflict when it exists: another attempt is at it
 */
export const openChange = async (
  records: RecordPort,
  change: ChangeRecord,
  sequence: number,
): Promise<StoredChange> => {
  const run = runNameOf(change.executionArn);
  const recordName = `${changesOf(run)}${String(sequence).padStart(4, '0')}`;
  await records.write(recordName, change, 0);
  // A rollback is not rolled back by the next one, which would only undo it.
  if (change.because === rollbackCode) return { recordName, version: 1, change };
  const latest = await records.read(latestName, latestSchema);
  if (latest?.value.run !== run) await records.write(latestName, { run }, latest?.version ?? 0);
  return { recordName, version: 1, change };
};

/** Moves a record on. @throws ControlConflict when another attempt has moved it */
export const moveChange = (
  records: RecordPort,
  { recordName, change, version }: StoredChange,
  to: Pick<ChangeRecord, 'status' | 'settledAs'>,
): Promise<void> => records.write(recordName, { ...change, ...to }, version);

/** Changes a policy's history. @throws ControlConflict when another run has changed it meanwhile */
export const changeHistory = async (
  records: RecordPort,
  { vhost, name }: { readonly vhost: string; readonly name: string },
  to: (history: PolicyHistory | undefined) => PolicyHistory | undefined,
): Promise<void> => {
  const recordName = historyOf(vhost, name);
  const read = await records.read(recordName, policyHistorySchema);
  const next = to(read?.value);
  if (next !== undefined) await records.write(recordName, next, read?.version ?? 0);
};
