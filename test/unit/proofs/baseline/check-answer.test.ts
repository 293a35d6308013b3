import { describe, expect, it } from 'vitest';
import { answerProblems } from '../../../../proofs/baseline/check-answer.ts';

const answered = (functionName: string, answer: unknown, event: unknown = {}) =>
  answerProblems({ functionName, region: 'us-east-1', event, answer });

describe('an answer', () => {
  it('is as the facts about its function say', () => {
    expect(answered('observe-failover', { phase: 'promoted', evidence: [] })).toEqual([]);
    expect(answered('acquire-lock', { run: { fence: 7 } })).toEqual([]);
    expect(answered('acquire-lock', { run: { fence: null } })).toEqual([]);
    expect(answered('request-approval', { approvalId: 'a1' })).toEqual([]);
    expect(answered('no-such-function', { anything: 1 })).toEqual([]);
  });

  it('is found out when it says something else', () => {
    expect(answered('observe-failover', { phase: 'perhaps' })).toEqual([
      'observe-failover answers phase "perhaps", which its facts do not know',
    ]);
    expect(answered('observe-failover', {})).toHaveLength(1);
  });

  it('is found out when its parts do not go together', () => {
    expect(answered('assess-reconcile', { verdict: 'proceed', dryRun: false, mode: 'repair' })).toEqual([]);
    expect(answered('assess-reconcile', { verdict: 'skipped' })).toEqual([]);
    expect(answered('assess-reconcile', { verdict: 'skipped', mode: 'repair' })).toEqual([
      'assess-reconcile answers mode "repair" together with verdict "skipped"',
    ]);
  });

  it('is found out when it does not count, or waits too short', () => {
    const watch = (looks: number) => ({ watch: { looks } });
    const look = { action: 'wait', nextSeconds: 5 };
    expect(answered('observe-switchover', { ...look, ...watch(4) }, watch(3))).toEqual([]);
    expect(answered('observe-switchover', { ...look, ...watch(3) }, watch(3))).toEqual([
      'observe-switchover counts 3 after 3',
    ]);
    expect(answered('observe-switchover', { ...look, nextSeconds: 1, ...watch(4) }, watch(3))).toEqual([
      'observe-switchover answers nextSeconds 1, below 5',
    ]);
  });

  it('is found out when it is larger than the payloads leave room for', () => {
    expect(answered('record-pair', { text: 'x'.repeat(20_000) })).toEqual([
      expect.stringContaining('record-pair answers 20011 bytes, beyond'),
    ]);
  });
});
