import type { Testbed } from '../../testbed/testbed.ts';
import { timeOf, type Violations } from './audit.ts';
import { type AcceptedPromotion, onPromotion } from './promotions.ts';

/** What a page says was read before it was sent: it is true if it was so at some instant of this time. In milliseconds. */
const readWithinMs = 120_000;

/** A state of the pair that a page may speak of. */
interface PairState {
  readonly fromMs: number;
  /** Regions whose broker is primary. */
  readonly primaries: readonly string[];
  /** Regions whose broker is fenced. */
  readonly fenced: readonly string[];
}

/** A statement of pages, and whether it is true. */
interface Statement {
  readonly what: string;
  readonly says: RegExp;
  readonly isTrue: (match: RegExpExecArray, state: PairState) => boolean;
}

const statements: readonly Statement[] = [
  {
    what: 'two primaries',
    says: /: orders has two primaries/,
    isTrue: (_match, { primaries }) => primaries.length === 2,
  },
  {
    what: 'the old primary is not fenced',
    says: /: old primary of orders in (\S+) is not fenced/,
    isTrue: ([, region = ''], { primaries, fenced }) => !primaries.includes(region) && !fenced.includes(region),
  },
];

/** Every page is true at the time it is sent: what it states is compared with the state of simulated AWS. */
export const auditPages = (testbed: Testbed, violations: Violations): void => {
  const { aws, clock } = testbed;
  const pair = testbed.pair('orders');
  const states: PairState[] = [];
  const note = (): void => {
    const views = pair.views();
    const primaries = views.filter(({ role }) => role === 'primary').map(({ region }) => region);
    const fenced = views
      .filter(({ brokerId }) => aws.faults.active('clients-denied').some(({ id }) => id === `fence of ${brokerId}`))
      .map(({ region }) => region);
    states.push({ fromMs: clock.nowMs(), primaries, fenced });
  };
  note();
  testbed.observe({ brokerChange: note });
  aws.faults.onChange(note);
  const promotions: AcceptedPromotion[] = [];
  onPromotion(testbed, async (promotion) => void promotions.push(promotion));
  testbed.observe({
    notification: ({ atMs, subject = '', message, region }) => {
      const recent = states.filter((_state, index) => (states[index + 1]?.fromMs ?? atMs) >= atMs - readWithinMs);
      for (const { what, says, isTrue } of statements) {
        const match = says.exec(subject);
        if (match === null || recent.some((state) => isTrue(match, state))) continue;
        violations.push(`${timeOf(atMs)} page "${subject}" from ${region}: ${what} is not true [page]`);
      }
      const run = /^Run: (\S+)$/m.exec(message)?.[1];
      const promoted = promotions.find(({ executionArn }) => executionArn !== undefined && executionArn === run);
      if (/^Nothing was promoted\./m.test(message) && promoted !== undefined) {
        violations.push(`${timeOf(atMs)} page "${subject}" from ${region}: its run has promoted [page]`);
      }
    },
  });
};
