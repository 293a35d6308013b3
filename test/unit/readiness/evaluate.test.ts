import { describe, expect, it } from 'vitest';
import { checks, evaluateReadiness } from '../../../functions/readiness/evaluate.ts';
import { known, pairedEast } from '../../support/brokers.ts';
import { readable, readyFacts, sidesWith } from '../../support/readiness-facts.ts';

describe('evaluateReadiness', () => {
  it('calls a pair with which all is well ready, and has a result with a sentence for each of its checks', () => {
    const { verdict, blockers, warnings, results } = evaluateReadiness(readyFacts());
    expect({ verdict, blockers, warnings }).toEqual({ verdict: 'ready', blockers: [], warnings: [] });
    expect(results.map(({ check }) => check)).toEqual(Object.keys(checks));
    expect(results.length).toBeGreaterThanOrEqual(15);
    expect(results.every(({ level, message }) => level === 'ok' && message.length > 10)).toBe(true);
  });

  it('stays ready with warnings, and is not ready with one blocker', () => {
    const warned = evaluateReadiness(readyFacts({ gameDay: readable(undefined) }));
    expect(warned).toMatchObject({ verdict: 'ready', warnings: [{ code: 'GAME_DAY_NEVER' }] });
    const state = { state: 'REBOOT_IN_PROGRESS' };
    const blocked = evaluateReadiness(sidesWith({ reading: known(pairedEast(state)) }));
    expect(blocked).toMatchObject({
      verdict: 'not-ready',
      blockers: [{ code: 'BROKER_NOT_RUNNING', evidence: state }],
    });
  });

  it('is not ready when nothing can be read', () => {
    const unread = { known: false, reason: 'denied' } as const;
    const { verdict, blockers } = evaluateReadiness(readyFacts({ members: unread, guards: unread, gameDay: unread }));
    expect(verdict).toBe('not-ready');
    expect(blockers.map(({ code }) => code)).toEqual([
      'CONTROL_UNREACHABLE',
      'MEMBERS_UNKNOWN',
      'REPLICATION_UNKNOWN',
      'CONFIGURATION_UNREADABLE',
    ]);
  });
});
