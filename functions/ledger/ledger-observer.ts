import type { MessageKey, ProcessedRecord } from './ledger-entry.ts';

/** Where the library writes what a person may have to know; `console` has this shape. */
export interface LedgerLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A message that was claimed by one who did not end its claim in time. */
export interface Takeover {
  readonly key: MessageKey;
  /** Who held it: its side effect may have happened. */
  readonly lostOwner: string;
  readonly newOwner: string;
  /** How often that has happened to the message in this Region. */
  readonly takenOver: number;
}

/** A message that took effect twice, or may have. */
export interface Duplicate {
  readonly key: MessageKey;
  /** The consumer that had lost its claim when its side effect was complete. */
  readonly owner: string;
}

/** A message that has the id of another one that was processed. Times are milliseconds since the Unix epoch. */
export interface RepeatedId {
  readonly key: MessageKey;
  /** When this one was made; undefined where it does not say. */
  readonly createdAtMs: number | undefined;
  /** What is recorded of others with its id. */
  readonly records: readonly ProcessedRecord[];
}

/**
 * What happens in a ledger, for metrics and alarms of the consumer's own. All are logged as well. Nothing that a method
 * throws is caught.
 */
export interface LedgerObserver {
  /** An expired claim was taken over: the message may take effect a second time. */
  onTakeover?(takeover: Takeover): void;
  /** A consumer finished after it had lost its claim: the message took effect twice, or will. */
  onDuplicate?(duplicate: Duplicate): void;
  /** Messages were handed over although the ledger has a record under their id: it is of an older message. */
  onIdRepeated?(repeated: RepeatedId): void;
  /** Messages were left out because they had been processed before. */
  onProcessedBefore?(keys: readonly MessageKey[]): void;
  /** Messages were refused because another consumer has claimed them; the batch fails, so that they come again. */
  onClaimedElsewhere?(keys: readonly MessageKey[]): void;
  /** Messages were refused too often: they are acknowledged without being processed here. */
  onLeftOut?(keys: readonly MessageKey[]): void;
  /** The side effects happened, but could not be confirmed: the messages stay uncertain. */
  onUnconfirmed?(keys: readonly MessageKey[], error: unknown): void;
}

/** A message in a log line: an id may have 64 KiB. */
export const loggedKey = ({ destination, id }: MessageKey) => ({ destination, id: id.slice(0, 200) });

/** Messages in a log line, which may have 256 KiB; a batch may have 10,000 of them. */
export const loggedKeys = (keys: readonly MessageKey[]) => ({
  count: keys.length,
  messages: keys.slice(0, 50).map(loggedKey),
});

/** JSON lines on the console: what a function writes there CloudWatch Logs takes for structured logs. */
export const consoleLog: LedgerLog = {
  info: (message, fields) => console.info(JSON.stringify({ level: 'INFO', message, ...fields })),
  warn: (message, fields) => console.warn(JSON.stringify({ level: 'WARN', message, ...fields })),
  error: (message, fields) => console.error(JSON.stringify({ level: 'ERROR', message, ...fields })),
};
