import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReadiness } from '../../functions/readiness/evaluate.ts';
import type { MemberFacts, ReadinessFacts } from '../../functions/readiness/readiness-facts.ts';
import { unreadable } from '../support/brokers.ts';
import { eastFacts, readable, readyFacts, westFacts } from '../support/readiness-facts.ts';

const unread = { known: false, reason: 'denied' } as const;

/** A side of which some parts cannot be read. */
const sideWithout = (base: (changes: Partial<MemberFacts>) => MemberFacts) =>
  fc.subarray(['reading', 'configuration', 'alarms', 'heartbeat', 'gauges'] as const).map((missing) => ({
    missing: missing.length,
    facts: base({
      ...(missing.includes('reading') && { reading: unreadable() }),
      ...(missing.includes('configuration') && { configuration: unread }),
      ...(missing.includes('alarms') && { alarms: unread }),
      ...(missing.includes('heartbeat') && { heartbeat: unread }),
      ...(missing.includes('gauges') && { gauges: {} }),
    }),
  }));

const anyFacts = fc
  .record({
    east: sideWithout(eastFacts),
    west: sideWithout(westFacts),
    membersKnown: fc.boolean(),
    guardsKnown: fc.boolean(),
    gameDayKnown: fc.boolean(),
  })
  .map(({ east, west, membersKnown, guardsKnown, gameDayKnown }) => {
    const changes: Partial<ReadinessFacts> = {
      members: membersKnown ? readable([east.facts, west.facts]) : unread,
      ...(!guardsKnown && { guards: unread }),
      ...(!gameDayKnown && { gameDay: unread }),
    };
    const complete = membersKnown && guardsKnown && gameDayKnown && east.missing + west.missing === 0;
    const vital =
      !membersKnown ||
      !guardsKnown ||
      [east, west].some(({ facts }) => !facts.reading.known || !facts.configuration.known);
    return { facts: readyFacts(changes), complete, vital };
  });

describe('readiness of what can only partly be read', () => {
  it('always has a finding, and is never ready without brokers, configurations and the Control table', () => {
    fc.assert(
      fc.property(anyFacts, ({ facts, complete, vital }) => {
        const { verdict, blockers, warnings, results } = evaluateReadiness(facts);
        expect(blockers.length + warnings.length === 0).toBe(complete);
        if (vital) expect(verdict).toBe('not-ready');
        expect(results.every(({ code, message }) => code !== '' && message !== '')).toBe(true);
      }),
    );
  });
});
