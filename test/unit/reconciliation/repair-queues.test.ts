import { describe, expect, it } from 'vitest';
import { identifyHeld } from '../../../functions/reconciliation/identify-held.ts';
import { type ScannedQueue, sha256, writeLines } from '../../../functions/reconciliation/manifest.ts';
import { type RepairsPorts, repairQueues } from '../../../functions/reconciliation/repair-queues.ts';
import { RunDocuments } from '../../../functions/reconciliation/run-documents.ts';
import { LockLost } from '../../../functions/runtime/errors.ts';
import { FakeClock, FakeFinalCheck } from '../../support/fake-ports.ts';
import { FakeQueues, FakeStore } from '../../support/fake-queues.ts';
import { manifestLine, queueScan } from '../../support/manifests.ts';

const names = ['a', 'b', 'c', 'd'];

/** Four queues with one processed message and another each. */
const setup = async () => {
  const queues = new FakeQueues();
  const store = new FakeStore();
  const clock = new FakeClock();
  const guard = new FakeFinalCheck();
  const scans: ScannedQueue[] = [];
  for (const queue of names) {
    queues.sendIds(queue, `done-${queue}`, `open-${queue}`);
    const text = writeLines([manifestLine({ destination: queue, id: `ID:done-${queue}` })]);
    const key = `scan-${queue}.ndjson`;
    await store.put(key, text);
    scans.push(queueScan({ queue, parts: [{ key, sha256: sha256(text), messages: 1 }] }));
  }
  const repaired: string[] = [];
  const documents = new RunDocuments(store, 'orders', 'run-1');
  const repair = (cursor: number, ports: Partial<RepairsPorts> = {}) =>
    repairQueues(
      { queues: scans },
      { cursor, quarantinePrefix: 'q.' },
      {
        queueScan: queues,
        identify: identifyHeld({ from: 'message-id' }),
        store,
        readCounts: queues.counts,
        keepLock: async () => {},
        documents,
        finalCheck: guard.check,
        repaired: ({ queue }) => {
          repaired.push(queue);
          clock.advanceMs(60_000);
        },
        nowMs: () => clock.nowMs(),
        ...ports,
      },
    );
  const removedFrom = () => names.filter((queue) => queues.idsIn(queue).length === 1);
  return { queues, documents, guard, repaired, repair, removedFrom };
};

const frozen = { code: 'FROZEN', message: 'ann froze this pair', evidence: {} };

describe('the repair of all queues', () => {
  it('takes as many as there is time for and goes on from the cursor', async () => {
    const { queues, documents, repaired, repair } = await setup();
    expect(await repair(0)).toEqual({ outcome: 'repaired', blockers: [], warnings: [], next: 3, done: false });
    expect(await repair(3)).toMatchObject({ outcome: 'repaired', next: 4, done: true });
    expect(repaired).toEqual(names);
    expect(names.map((name) => queues.idsIn(`q.${name}`))).toEqual(names.map((name) => [`done-${name}`]));
    expect(await documents.repairs(4)).toMatchObject(names.map((queue) => ({ queue, removed: 1 })));
  });

  it('looks again before each queue', async () => {
    const { guard, repair } = await setup();
    await repair(0);
    expect(guard.checks).toBe(3);
  });

  it('stops where somebody froze the pair, and says how far it had come', async () => {
    const { guard, repair, removedFrom } = await setup();
    const finalCheck = async () => {
      if (guard.checks === 2) guard.blockers = [frozen];
      return await guard.check();
    };
    expect(await repair(0, { finalCheck })).toEqual({
      outcome: 'refused',
      blockers: [frozen],
      warnings: [
        {
          code: 'REPAIR_STOPPED',
          message: '2 of 4 queues are repaired; a repair with the same manifest continues from there',
          evidence: { repaired: 2, queues: 4 },
        },
      ],
      next: 2,
      done: false,
    });
    expect(removedFrom()).toEqual(['a', 'b']);
  });

  it('changes nothing on a pair that is frozen already', async () => {
    const { guard, repair, removedFrom } = await setup();
    guard.blockers = [frozen];
    expect(await repair(0)).toMatchObject({ outcome: 'refused', warnings: [], next: 0, done: false });
    expect(removedFrom()).toEqual([]);
  });

  it('stops where the lock is lost', async () => {
    const { guard, repair, removedFrom } = await setup();
    const finalCheck = async () => {
      if (guard.checks === 1) guard.error = new LockLost('another run acts');
      return await guard.check();
    };
    await expect(repair(0, { finalCheck })).rejects.toThrow(LockLost);
    expect(removedFrom()).toEqual(['a']);
  });

  it('keeps what was done with a queue when the next one fails, so that another try goes on', async () => {
    const { documents, queues, repair } = await setup();
    let scans = 0;
    const queueScan: RepairsPorts['queueScan'] = {
      scan: async (...args) => {
        scans += 1;
        if (scans === 2) throw new LockLost('in the middle');
        return await queues.scan(...args);
      },
    };
    await expect(repair(0, { queueScan })).rejects.toThrow('in the middle');
    expect(await documents.repairs(1)).toMatchObject([{ queue: 'a', removed: 1 }]);
    expect(await repair(0)).toMatchObject({ outcome: 'repaired' });
  });
});
