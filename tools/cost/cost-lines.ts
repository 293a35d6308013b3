import type { CostReport } from './cost-report.ts';

/** Wide enough for the longest item. */
const labelWidth = 26;
const amountWidth = 14;

const row = (label: string, ...amounts: readonly string[]): string =>
  `  ${label.padEnd(labelWidth)}${amounts.map((amount) => amount.padStart(amountWidth)).join('')}`;

const monthly = (usd: number): string => `$${usd.toFixed(2)}`;

/** A run costs fractions of a cent. */
const each = (usd: number): string => `$${usd.toFixed(5)}`;

const quantity = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 3 : 0 });

/** The report as people read it. */
export const costLines = ({ standing, runs, pricesAsOf, pricesRegion, notCounted }: CostReport): readonly string[] => [
  `Prices of ${pricesRegion} as of ${pricesAsOf}, without free tiers; months of 730 hours.`,
  '',
  `A month with the pair "${standing.pair}" (${standing.regions.join(', ')})`,
  row('without VPC endpoints', monthly(standing.withoutVpcEndpointsUsd)),
  row('with VPC endpoints', monthly(standing.withVpcEndpointsUsd)),
  row('  of it in any case', monthly(standing.planeUsd)),
  row('each further pair', monthly(standing.furtherPairUsd)),
  ...(standing.clusterUsd === null ? [] : [row('each RabbitMQ cluster', monthly(standing.clusterUsd))]),
  '',
  row('item', 'quantity', 'a month'),
  ...standing.items.map(({ item, quantity: amount, usd }) => row(item, quantity(amount), monthly(usd))),
  '',
  row('one run of', 'transitions', 'alone', 'with children'),
  ...runs.map(({ workflow, stateTransitions, usd, withChildrenUsd }) =>
    row(workflow, quantity(stateTransitions), each(usd), each(withChildrenUsd)),
  ),
  '',
  'Not counted:',
  ...notCounted.map((what) => `  - ${what}`),
];
