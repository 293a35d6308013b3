import type { Scenario } from './check.ts';

/** There is nothing to take away. */
export class NoLedgerError extends Error {
  override readonly name = 'NoLedgerError';

  constructor(scenario: string) {
    super(`no pair of scenario ${scenario} has a "ledger", so --without-ledger would change nothing`);
  }
}

/**
 * The scenario with the pairs' ledgers taken away: consumers write to none, and nothing can be reconciled.
 *
 * @throws NoLedgerError for a scenario without any
 */
export const withoutLedgers = (scenario: Scenario): Scenario => {
  const { outline, name } = scenario;
  if (Object.values(outline.world.pairs).every(({ ledger }) => ledger === undefined)) throw new NoLedgerError(name);
  const pairs = Object.entries(outline.world.pairs).map(([name, { ledger: _taken, ...pair }]) => [name, pair] as const);
  return { ...scenario, outline: { ...outline, world: { ...outline.world, pairs: Object.fromEntries(pairs) } } };
};
