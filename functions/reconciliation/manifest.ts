import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { InvalidInput, UnexpectedAnswer } from '../runtime/errors.ts';
import { schemaProblems } from '../runtime/schema-problems.ts';
import { messageClasses } from './classify-message.ts';

/** SHA-256 of a text or of bytes, 64 hexadecimal digits. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'expected a SHA-256, 64 hexadecimal digits'));

/** The name of a manifest: the hash of its content. */
export const manifestHashSchema = hash;

/** One message of a manifest, one line of a part. Absent times are null. */
const manifestLineSchema = z.strictObject({
  destination: z.string(),
  /** Place in the queue at the time of the scan, from 0. */
  position: z.int().check(z.gte(0)),
  /** The identity that the ledger knows; null for a message without one. */
  id: z.nullable(z.string()),
  class: z.enum(messageClasses),
  reason: z.string(),
  createdAtMs: z.nullable(z.number()),
  expiresAtMs: z.nullable(z.number()),
  groupId: z.nullable(z.string()),
  /** Deliveries so far as the broker counts them. */
  deliveries: z.int().check(z.gte(0)),
  /** The first processing that the ledger knows. */
  processed: z.nullable(z.strictObject({ region: z.string(), atMs: z.number(), by: z.string() })),
});

export type ManifestLine = z.output<typeof manifestLineSchema>;

const partSchema = z.strictObject({ key: z.string(), sha256: hash, messages: z.int().check(z.gte(0)) });

/** Where some lines of a manifest are kept. */
export type ManifestPart = z.output<typeof partSchema>;

const classCounts = z.strictObject({
  processed: z.int(),
  unprocessed: z.int(),
  uncertain: z.int(),
  expired: z.int(),
});

/** Messages by class. */
export type ClassCounts = z.output<typeof classCounts>;

/** A finding as it is stored. */
export const findingSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  evidence: z.record(z.string(), z.unknown()),
});

const scannedQueueSchema = z.strictObject({
  queue: z.string(),
  parts: z.array(partSchema),
  counts: classCounts,
  /** Messages that the ledger has twice: each took effect more than once. */
  processedTwice: z.int(),
  /** Whether the whole queue was seen and its counts add up. */
  complete: z.boolean(),
  findings: z.array(findingSchema),
  /** The highest delivery count before the scan and as it leaves the messages. */
  deliveries: z.strictObject({ before: z.int(), after: z.int() }),
});

/** What the scan of one queue found. */
export type ScannedQueue = z.output<typeof scannedQueueSchema>;

const manifestSchema = z.strictObject({
  version: z.literal(1),
  pair: z.string(),
  /** Number of the epoch that it was made in; 0 before the first promotion that was recorded. */
  epoch: z.int().check(z.gte(0)),
  brokerId: z.string(),
  region: z.string(),
  executionArn: z.string(),
  createdAtMs: z.number(),
  queues: z.array(scannedQueueSchema),
  /** What the run could not cover, such as durable subscriptions. */
  uncovered: z.array(findingSchema),
});

/** A scan's result. It is named by its hash, and a repair does what the manifest of that name says and nothing else. */
export type Manifest = z.output<typeof manifestSchema>;

/** Key of a manifest in the report bucket. */
export const manifestKey = (pair: string, manifestHash: string): string => `manifests/${pair}/${manifestHash}.json`;

/** A manifest as it is stored and hashed. */
export const writeManifest = (manifest: Manifest): string => `${JSON.stringify(manifest)}\n`;

/** Lines of a part as they are stored and hashed. */
export const writeLines = (lines: readonly ManifestLine[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const parsed = <S extends z.ZodMiniType>(schema: S, text: string, what: string): z.output<S> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UnexpectedAnswer(`${what} is not JSON`, {}, { cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = schemaProblems(result.error);
  throw new UnexpectedAnswer(`${what} was not written by this version: ${problems.slice(0, 5).join('; ')}`, {
    problems,
  });
};

/** A queue's scan as an earlier step stored it. @throws UnexpectedAnswer */
export const readScannedQueue = (text: string, key: string): ScannedQueue => parsed(scannedQueueSchema, text, key);

/**
 * A stored manifest, if its content still has the hash that names it.
 *
 * @throws InvalidInput for another content, UnexpectedAnswer for one that no version of this project wrote
 */
export const readManifest = (text: string, expectedHash: string): Manifest => {
  const found = sha256(text);
  if (found !== expectedHash) {
    throw new InvalidInput(
      `the stored manifest ${expectedHash} has the hash ${found}: it was changed since; make a new one with mode "report"`,
      { expectedHash, found },
    );
  }
  return parsed(manifestSchema, text, `manifest ${expectedHash}`);
};

/**
 * Lines of a stored part, if it still has the hash that the manifest says.
 *
 * @throws InvalidInput for another content, UnexpectedAnswer for one that no version of this project wrote
 */
export const readLines = (text: string, part: ManifestPart): readonly ManifestLine[] => {
  const found = sha256(text);
  if (found !== part.sha256) {
    throw new InvalidInput(
      `${part.key} has the hash ${found} and the manifest says ${part.sha256}: it was changed since; make a new manifest`,
      { key: part.key, found, expected: part.sha256 },
    );
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parsed(manifestLineSchema, line, part.key));
};

/** Counts of nothing. */
export const noMessages: ClassCounts = { processed: 0, unprocessed: 0, uncertain: 0, expired: 0 };

/** Sum of counts. */
export const addCounts = (one: ClassCounts, other: ClassCounts): ClassCounts => ({
  processed: one.processed + other.processed,
  unprocessed: one.unprocessed + other.unprocessed,
  uncertain: one.uncertain + other.uncertain,
  expired: one.expired + other.expired,
});
