import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathPace } from '../../../../../simulator/world/dynamodb/replication-path.ts';
import { type ItemWrite, TableReplication } from '../../../../../simulator/world/dynamodb/table-replication.ts';

const A = 'us-east-1';
const B = 'us-west-2';

/** Two replicas as maps, brought to the present before each use, as the service does it. */
const replicas = (lagMs: () => number) => {
  let nowMs = 0;
  let pace: PathPace = { extraMs: 0 };
  const replication = new TableReplication({ regions: [A, B], nowMs: () => nowMs, lagMs, paceOf: () => pace });
  const items = new Map([
    [A, new Map<string, unknown>()],
    [B, new Map<string, unknown>()],
  ]);
  const apply = (region: string, { key, item }: ItemWrite): void => {
    const id = String(key.pk);
    if (item === undefined) items.get(region)?.delete(id);
    else items.get(region)?.set(id, item.value);
  };
  const catchUp = (region: string): void => {
    for (const write of replication.takeArrivals(region)) apply(region, write);
  };
  return {
    pass: (milliseconds: number) => {
      nowMs += milliseconds;
    },
    setPace: (next: PathPace) => {
      pace = next;
      replication.pathsChanged();
    },
    put: (region: string, pk: string, value: unknown) => {
      catchUp(region);
      const write = { key: { pk }, item: value === undefined ? undefined : { pk, value } };
      apply(region, write);
      replication.written(region, [write]);
    },
    read: (region: string) => {
      catchUp(region);
      return Object.fromEntries([...(items.get(region) ?? [])].sort());
    },
  };
};

describe('replication of a table with eventual consistency', () => {
  it('keeps the later of two writes, whichever arrives first', () => {
    const lags = [900, 100, 100];
    const world = replicas(() => lags.shift() ?? 0);
    world.put(A, 'x', 'old');
    world.pass(10);
    world.put(A, 'x', 'new');
    world.pass(200);
    expect(world.read(B)).toEqual({ x: 'new' });
    world.pass(1_000);
    expect(world.read(B)).toEqual({ x: 'new' });
  });

  it('lets a write of the other Region overwrite an older one that was seen only here', () => {
    const world = replicas(() => 1_000);
    world.put(A, 'x', 'of A');
    world.pass(1);
    world.put(B, 'x', 'of B');
    expect([world.read(A), world.read(B)]).toEqual([{ x: 'of A' }, { x: 'of B' }]);
    world.pass(2_000);
    expect([world.read(A), world.read(B)]).toEqual([{ x: 'of B' }, { x: 'of B' }]);
  });

  it('does not let an older write undo a deletion', () => {
    const world = replicas(() => 1_000);
    world.setPace('stopped');
    world.put(A, 'x', 'written before');
    world.pass(10);
    world.put(B, 'x', 'written after');
    world.put(B, 'x', undefined);
    world.setPace({ extraMs: 0 });
    world.pass(5_000);
    expect([world.read(A), world.read(B)]).toEqual([{}, {}]);
  });

  it('ends with equal replicas once replication has caught up, whatever was written where', () => {
    const step = fc.record({
      region: fc.constantFrom(A, B),
      pk: fc.constantFrom('x', 'y', 'z'),
      value: fc.option(fc.nat(9), { nil: undefined }),
      passMs: fc.constantFrom(0, 0, 1, 700),
      pace: fc.option(fc.constantFrom<PathPace>('stopped', { extraMs: 0 }, { extraMs: 5_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.array(fc.nat(2_000), { minLength: 1 }), (steps, lags) => {
        let turn = 0;
        const world = replicas(() => lags[turn++ % lags.length] ?? 0);
        for (const { region, pk, value, passMs, pace } of steps) {
          world.pass(passMs);
          if (pace !== undefined) world.setPace(pace);
          world.put(region, pk, value);
        }
        world.setPace({ extraMs: 0 });
        world.pass(10_000);
        expect(world.read(A)).toEqual(world.read(B));
      }),
    );
  });
});
