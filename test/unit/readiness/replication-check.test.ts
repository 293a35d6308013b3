import { expect, it } from 'vitest';
import { checkReplication } from '../../../functions/readiness/replication-check.ts';
import { asRole, healthyGauges, known, minutely, unreadable } from '../../support/brokers.ts';
import { readyFacts, said, sidesWith, westBroker } from '../../support/readiness-facts.ts';

it.each([
  ['healthy gauges', healthyGauges(), 'ok'],
  [
    'a backlog that grows',
    healthyGauges({ QueueSize: minutely([4_000, 5_000, 6_000]) }),
    'warning REPLICATION_LAGGING',
  ],
  [
    'a backlog that shrinks',
    healthyGauges({ QueueSize: minutely([6_000, 5_000, 4_000]) }),
    'warning REPLICATION_DRAINING',
  ],
  [
    'a wait beyond three heartbeats',
    healthyGauges({ ReplicaWaitTime: minutely([200_000]) }),
    'blocker REPLICATION_FROZEN',
  ],
  ['no gauges', {}, 'blocker REPLICATION_ABSENT'],
] as const)('judges %s', (_label, gauges, expected) => {
  expect(said(checkReplication, sidesWith({ gauges }, { gauges }))).toEqual([expected]);
});

it('does not judge without a primary and a replica', () => {
  const two = sidesWith({}, { reading: known(westBroker(asRole('primary'))) });
  expect(said(checkReplication, two)).toEqual(['blocker REPLICATION_UNKNOWN']);
  const unknown = readyFacts({ members: { known: false, reason: 'no record' } });
  expect(said(checkReplication, unknown)).toEqual(['blocker REPLICATION_UNKNOWN']);
});

it('judges by the side that can be read when the other Region is lost', () => {
  const lost = sidesWith({ reading: unreadable(), gauges: {} }, { gauges: { ReplicaWaitTime: minutely([300_000]) } });
  expect(said(checkReplication, lost)).toEqual(['blocker REPLICATION_FROZEN']);
  const other = sidesWith({ gauges: { PrimaryWaitTime: minutely([300_000]) } }, { reading: unreadable(), gauges: {} });
  expect(said(checkReplication, other)).toEqual(['blocker REPLICATION_FROZEN']);
});

it('shows the readings that it rests on', () => {
  expect(checkReplication(readyFacts())[0].evidence.evidence).toEqual(
    expect.arrayContaining([expect.stringContaining('PrimaryWaitTime')]),
  );
});
