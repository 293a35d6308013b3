import { describe, expect, it } from 'vitest';
import { ReplicationPath } from '../../../../../simulator/world/dynamodb/replication-path.ts';

const pathWithLags = (...lagsMs: number[]) => new ReplicationPath<string>(() => lagsMs.shift() ?? 1_000);

describe('the way of writes between two replicas', () => {
  it('delivers each write after its own lag, so a later one may arrive first', () => {
    const path = pathWithLags(900, 200);
    path.send('first', 0);
    path.send('second', 100);
    expect(path.takeArrived(299)).toEqual([]);
    expect(path.takeArrived(300)).toEqual(['second']);
    expect(path.takeArrived(5_000)).toEqual(['first']);
    expect(path.takeArrived(9_000)).toEqual([]);
  });

  it('holds what is under way while it is stopped, and delivers what had arrived before', () => {
    const path = pathWithLags();
    path.send('arrived', 0);
    path.send('under way', 800);
    path.setPace('stopped', 1_500);
    path.send('sent while stopped', 2_000);
    expect(path.takeArrived(90_000)).toEqual(['arrived']);
    expect(path.waiting).toBe(2);
    path.setPace({ extraMs: 0 }, 100_000);
    expect(path.takeArrived(100_999)).toEqual([]);
    expect(path.takeArrived(101_000)).toEqual(['under way', 'sent while stopped']);
  });

  it('delays only what is sent while it is slow, and catches up when it is not any more', () => {
    const path = pathWithLags();
    path.send('before', 0);
    path.setPace({ extraMs: 60_000 }, 500);
    path.send('slow', 500);
    expect(path.takeArrived(60_000)).toEqual(['before']);
    path.setPace({ extraMs: 0 }, 30_000);
    expect(path.takeArrived(31_000)).toEqual(['slow']);
  });

  it('takes no notice of a pace that it has already', () => {
    const path = pathWithLags(1_000, 5_000);
    path.send('write', 0);
    path.setPace({ extraMs: 0 }, 900);
    expect(path.takeArrived(1_000)).toEqual(['write']);
  });
});
