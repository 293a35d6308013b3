import { describe, expect, it } from 'vitest';
import { findBaseline } from '../../proofs/baseline/find-baseline.ts';
import { play } from '../../proofs/baseline/play.ts';
import { ending } from '../../proofs/crash/ending.ts';
import { type Kill, killing } from '../../proofs/crash/kill.ts';

// What the crash proof (npm run prove -- crash) once found: the service had done what was asked, and nobody heard it.

const escalating = findBaseline('switchover', 'stalls, is asked about and escalated');
const remediating = findBaseline('policy-drift', 'remediates');

const escalatedFailover = {
  epoch: expect.stringMatching(/^PAIR#orders EPOCH: .*"mode":"FAILOVER"/),
  fence: expect.stringMatching(/^PAIR#orders FENCE#us-east-1: .*"status":"wanted"/),
};

const expectEscalated = ({ finalState, effects }: Awaited<ReturnType<typeof play>>): void => {
  expect(finalState).toContainEqual(escalatedFailover.epoch);
  expect(finalState).toContainEqual(escalatedFailover.fence);
  expect(effects.filter((effect) => effect.includes('FAILOVER'))).toHaveLength(1);
};

describe('an escalated switchover', () => {
  it('whose failover took effect although its answer was lost ends as escalated, with the old primary to be fenced', async () => {
    const lost: Kill = {
      state: 'RequestFailover',
      operation: 'mq:Promote',
      occurrence: 1,
      when: 'after',
      tries: 'once',
    };
    const { disturbance, struck } = killing(escalating.machine, lost);
    const played = await play(escalating.baseline, disturbance, { wanted: 'Escalated' });
    expect(struck()).toBe(true);
    expect(played.first).toMatchObject({ status: 'SUCCEEDED', outcome: 'Escalated' });
    expectEscalated(played);
  });

  it('that is stopped after its failover is finished as a failover by the next switchover', async () => {
    const { disturbance, struck } = ending(escalating.machine, 'ObserveFailover', 'stopped');
    const played = await play(escalating.baseline, disturbance);
    expect(struck()).toBe(true);
    expect(played.first.status).toBe('ABORTED');
    expect(played.recovery?.status).toBe('SUCCEEDED');
    expectEscalated(played);
  });
});

describe('a change of a policy', () => {
  it('whose try died before its write is made by the next try', async () => {
    const early: Kill = {
      state: 'ApplyPolicyChange',
      operation: 'rabbitmq:PUT /api/policies',
      occurrence: 1,
      when: 'before',
      tries: 'once',
    };
    const { disturbance, struck } = killing(remediating.machine, early);
    const played = await play(remediating.baseline, disturbance, { wanted: 'Remediated' });
    expect(struck()).toBe(true);
    expect(played.first).toMatchObject({ status: 'SUCCEEDED', outcome: 'Remediated' });
  });
});
