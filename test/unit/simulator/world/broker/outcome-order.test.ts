import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { OutcomeOrder } from '../../../../../simulator/world/broker/outcome-order.ts';

describe('OutcomeOrder', () => {
  it('settles equal outcomes at once, others in later turns, and keeps the order', async () => {
    const order = new OutcomeOrder();
    const settled: number[] = [];
    const outcomes = ['accepted', 'accepted', 'released', 'accepted', 'accepted'];
    for (const [index, outcome] of outcomes.entries()) order.settle(outcome, () => settled.push(index));
    expect(settled).toEqual([0, 1]);
    await turn();
    expect(settled).toEqual([0, 1, 2]);
    await turn();
    expect(settled).toEqual([0, 1, 2, 3, 4]);
    order.settle('rejected', () => settled.push(5));
    await turn();
    await turn();
    order.settle('released', () => settled.push(6));
    expect(settled).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
