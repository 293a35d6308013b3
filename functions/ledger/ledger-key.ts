import { createHash } from 'node:crypto';
import { InvalidInput } from '../runtime/errors.ts';
import type { MessageKey } from './ledger-entry.ts';
import type { LedgerItemKey } from './ledger-table.ts';

/**
 * Longest partition key that is kept legible, in bytes. DynamoDB allows 2,048
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html); half of it bounds what every read
 * and write of an item costs to one unit.
 */
const maxKeyBytes = 1_024;

/** `|` divides, `%` escapes, quotes and backslashes would need escaping wherever a key is shown; the rest is not printable. */
const unsafe = /[^\x20-\x7e]|[|%"'\\]/gsu;

/** Escapes so that equal results mean equal texts: UTF-8 bytes as %XX, and halves of broken surrogate pairs as %uXXXX. */
const escaped = (text: string): string =>
  text.replace(unsafe, (found) =>
    /^[\ud800-\udfff]$/.test(found)
      ? `%u${found.charCodeAt(0).toString(16)}`
      : [...Buffer.from(found)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );

/**
 * The partition key of a message's items: `pair|destination|id`, escaped, or `pair||sha256:<hash of that>` above 1 KiB.
 *
 * @throws InvalidInput for an empty pair, destination or id
 */
export const partitionKey = ({ pair, destination, id }: MessageKey): string => {
  for (const [name, value] of Object.entries({ pair, destination, id })) {
    if (value === '') {
      throw new InvalidInput(`the ledger needs a ${name} for each message, but it is empty`, { pair, destination });
    }
  }
  const key = [pair, destination, id].map(escaped).join('|');
  if (key.length <= maxKeyBytes) return key;
  return `${escaped(pair)}||sha256:${createHash('sha256').update(key).digest('hex')}`;
};

/** The key of the item that says the message was processed in a Region. */
export const processedKey = (pk: string, region: string): LedgerItemKey => ({ pk, sk: `P#${region}` });

/** The key of the item with the message's claim in a Region. */
export const claimKey = (pk: string, region: string): LedgerItemKey => ({ pk, sk: `C#${region}` });
