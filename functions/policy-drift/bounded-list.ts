/*
 * A state's payload ends at 256 KiB, a message of SNS as well, and names are as long and as many as a cluster's owner
 * likes. Counts are always complete; lists show what fits.
 */

/** Characters of one message: what a person reads; beyond it an ellipsis says that there is more. */
const messageCharacters = 600;

/** The beginning of a text that is too long to show. */
export const shortened = (text: string, characters = messageCharacters): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;

/** Bytes of a value as JSON. */
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** Evidence as it is, or the beginning of its text when it is too long to be one of many. */
export const shortEvidence = (evidence: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  bytesOf(evidence) <= 1_024 ? evidence : { beginning: shortened(JSON.stringify(evidence), messageCharacters) };

/**
 * The first items of a list that fit into a share of a payload.
 *
 * @param mostItems how many are listed at the most
 * @param maxBytes of all of them together, as JSON
 */
export const fitting = <T>(items: readonly T[], mostItems: number, maxBytes: number): readonly T[] => {
  const kept: T[] = [];
  let bytes = 0;
  for (const item of items.slice(0, mostItems)) {
    bytes += bytesOf(item) + 1;
    if (bytes > maxBytes) break;
    kept.push(item);
  }
  return kept;
};
