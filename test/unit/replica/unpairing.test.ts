import { describe, expect, it } from 'vitest';
import { judgeUnpairing, readRemovable, ties } from '../../../functions/replica/unpairing.ts';
import { AccessDenied, NotFound } from '../../../functions/runtime/errors.ts';
import {
  known,
  pairedEast,
  pairedWest,
  pendingEast,
  pendingWest,
  unpairedEast,
  unreadable,
} from '../../support/brokers.ts';

const ending = { pendingReplicationMode: 'NONE' };
const ordinary = { role: 'none', roleText: undefined, counterpart: undefined, replicationMode: 'NONE' } as const;
const east = pairedEast(ordinary);
const west = pairedWest(ordinary);
const gone = { known: false, reason: 'no such broker', gone: true } as const;

describe('judgeUnpairing', () => {
  it.each([
    ['nothing was asked for', pairedEast(), known(pairedWest()), 'paired'],
    ['the end waits for the reboot', pairedEast(ending), known(pairedWest(ending)), 'pending'],
    ['the primary alone shows that it waits', pairedEast(ending), known(pairedWest()), 'pending'],
    ['the reboot runs', pairedEast({ ...ending, state: 'REBOOT_IN_PROGRESS' }), known(pairedWest(ending)), 'rebooting'],
    ['the replica is not done yet', east, known(pairedWest({ ...ending, state: 'REBOOT_IN_PROGRESS' })), 'rebooting'],
    [
      'the replica is still coming up',
      east,
      known(pairedWest({ ...ordinary, state: 'REBOOT_IN_PROGRESS' })),
      'rebooting',
    ],
    ['both are ordinary brokers', east, known(west), 'standalone'],
    ['they never were a pair', unpairedEast(), known(west), 'standalone'],
    [
      'the replica is being deleted',
      east,
      known(pairedWest({ ...ordinary, state: 'DELETION_IN_PROGRESS' })),
      'standalone',
    ],
    ['the replica is gone', east, gone, 'standalone'],
    ['the replica cannot be read', east, unreadable(), 'rebooting'],
    ['the pair has yet to begin', pendingEast(), known(pendingWest()), 'paired'],
    ['only the replica shows that it has yet to begin', unpairedEast(), known(pendingWest()), 'paired'],
  ] as const)('sees that %s', (_label, primary, replica, phase) => {
    expect(judgeUnpairing(primary, replica).phase).toBe(phase);
    expect(judgeUnpairing(primary, replica).missing.length === 0).toBe(phase === 'standalone');
  });
});

describe('ties', () => {
  it('names everything that keeps a broker from being an ordinary one', () => {
    expect(ties('it', west)).toEqual([]);
    expect(ties('it', pairedWest({ ...ending, state: 'REPLICA' }))).toHaveLength(3);
  });
});

describe('readRemovable', () => {
  it('takes only NotFound for gone', async () => {
    expect(await readRemovable(async () => west)).toEqual({ known: true, broker: west });
    const failing = (error: Error) =>
      readRemovable(async () => {
        throw error;
      });
    expect(await failing(new NotFound('none'))).toEqual({ known: false, reason: 'none', gone: true });
    expect(await failing(new AccessDenied('denied'))).toEqual({ known: false, reason: 'denied' });
    await expect(failing(new TypeError('bug'))).rejects.toThrow('bug');
  });
});
