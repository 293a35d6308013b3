import { describe, expect, it } from 'vitest';
import { clockSkewSeconds } from '../../../functions/control/guards.ts';
import {
  type ClassReason,
  classifyMessage,
  isDuplicate,
  type MessageFacts,
  messageClasses,
} from '../../../functions/reconciliation/classify-message.ts';
import { noonMs } from '../../support/brokers.ts';
import { claimRecord, ledgerEntry, processedRecord } from '../../support/ledger-entries.ts';

const skewMs = clockSkewSeconds * 1_000;
/** A ledger that began an hour ago and keeps its items for a day. */
const span = { startMs: noonMs - 3_600_000, retentionSeconds: 86_400 };

const facts = (changes: Partial<MessageFacts> = {}): MessageFacts => ({
  entry: ledgerEntry(),
  createdAtMs: noonMs - 60_000,
  expiresAtMs: undefined,
  ...changes,
});

const classified = (changes: Partial<MessageFacts> = {}): string => {
  const result = classifyMessage(facts(changes), span, noonMs);
  return `${result.class}: ${result.reason}`;
};

const west = 'us-west-2';
const processed = ledgerEntry({ processed: [processedRecord()] });
const claimed = ledgerEntry({ claims: [claimRecord()] });
const unreachable = ledgerEntry({ otherRegion: 'unreachable' });

describe('the class of a message', () => {
  it.each<[string, Partial<MessageFacts>, string]>([
    ['has a P item of the own Region', { entry: processed }, 'processed: processed-once'],
    [
      'has a P item of the other Region',
      { entry: ledgerEntry({ processed: [processedRecord({ region: west })] }) },
      'processed: processed-once',
    ],
    [
      'has a P item of each Region',
      { entry: ledgerEntry({ processed: [processedRecord(), processedRecord({ region: west })] }) },
      'processed: processed-in-both-regions',
    ],
    [
      'was processed by two consumers of one Region',
      { entry: ledgerEntry({ processed: [processedRecord(), processedRecord({ by: 'late' })] }) },
      'processed: processed-twice',
    ],
    ['is past its expiry', { expiresAtMs: noonMs - 1 }, 'expired: past-expiry'],
    ['expires now', { expiresAtMs: noonMs }, 'expired: past-expiry'],
    ['expires later', { expiresAtMs: noonMs + 1 }, 'unprocessed: absent-in-both-regions'],
    ['is absent in both Regions and young', {}, 'unprocessed: absent-in-both-regions'],
    ['has no identity', { entry: undefined }, 'uncertain: no-message-identity'],
    ['is claimed', { entry: claimed }, 'uncertain: claimed-without-proof'],
    [
      'is claimed under a lease that has ended',
      { entry: ledgerEntry({ claims: [claimRecord({ leaseUntilMs: noonMs - 86_400_000 })] }) },
      'uncertain: claimed-without-proof',
    ],
    [
      'is claimed in the other Region',
      { entry: ledgerEntry({ claims: [claimRecord({ region: west })] }) },
      'uncertain: claimed-without-proof',
    ],
    [
      'is absent here while the other Region cannot be read',
      { entry: unreachable },
      'uncertain: other-region-unreachable',
    ],
    ['does not say when it was made', { createdAtMs: undefined }, 'uncertain: age-unknown'],
    ['is older than the ledger', { createdAtMs: span.startMs - 1 }, 'uncertain: older-than-ledger'],
    [
      'is younger than the ledger by less than the clocks may differ',
      { createdAtMs: span.startMs + skewMs - 1 },
      'uncertain: older-than-ledger',
    ],
    [
      'is younger than the ledger by what the clocks may differ',
      { createdAtMs: span.startMs + skewMs },
      'unprocessed: absent-in-both-regions',
    ],
  ])('of one that %s', (_what, changes, expected) => {
    expect(classified(changes)).toBe(expected);
  });

  it('depends on how long the ledger keeps items, not on its start alone', () => {
    const old = { startMs: 0, retentionSeconds: 3_600 };
    const at = (createdAtMs: number) => classifyMessage(facts({ createdAtMs }), old, noonMs).reason;
    expect(at(noonMs - 3_600_000 + skewMs - 1)).toBe('older-than-ledger');
    expect(at(noonMs - 3_600_000 + skewMs)).toBe('absent-in-both-regions');
  });

  /** Each holds for the message, from the reason that outweighs all others down. */
  const inOrder: readonly (readonly [ClassReason, Partial<MessageFacts>])[] = [
    [
      'processed-once',
      { entry: ledgerEntry({ processed: [processedRecord()], claims: [claimRecord()], otherRegion: 'unreachable' }) },
    ],
    ['past-expiry', { expiresAtMs: noonMs - 1 }],
    ['claimed-without-proof', { entry: ledgerEntry({ claims: [claimRecord()], otherRegion: 'unreachable' }) }],
    ['other-region-unreachable', { entry: unreachable }],
    ['age-unknown', { createdAtMs: undefined }],
  ];

  it('is judged in this order, whatever else holds', () => {
    for (const [index, [reason]] of inOrder.entries()) {
      // All that is weaker holds as well; for one key the stronger one counts.
      const together = inOrder
        .slice(index)
        .map(([, changes]) => changes)
        .toReversed();
      expect(classifyMessage(facts(Object.assign({}, ...together)), span, noonMs).reason).toBe(reason);
    }
  });

  it('of one that expired without an identity is expired', () => {
    expect(classified({ entry: undefined, expiresAtMs: noonMs - 1 })).toBe('expired: past-expiry');
  });

  it('is one of four', () => {
    expect(messageClasses).toEqual(['processed', 'unprocessed', 'uncertain', 'expired']);
  });

  it('counts as a double for two records only', () => {
    const doubles = [
      'processed-once',
      'processed-in-both-regions',
      'processed-twice',
      'claimed-without-proof',
    ] as const;
    expect(doubles.filter(isDuplicate)).toEqual(['processed-in-both-regions', 'processed-twice']);
  });
});
