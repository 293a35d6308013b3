import { type PricedUnit, unitPrices, usdOf } from '../../gameday/journal/unit-prices.ts';

/** Quantities of what is billed; what is not named was not used. */
export type Usage = Readonly<Partial<Record<PricedUnit, number>>>;

const names = Object.keys(unitPrices) as readonly PricedUnit[];

/** Everything together. */
export const sumOf = (usages: readonly Usage[]): Usage => {
  const sum: Partial<Record<PricedUnit, number>> = {};
  for (const usage of usages) {
    for (const name of names) {
      const quantity = usage[name];
      if (quantity !== undefined) sum[name] = (sum[name] ?? 0) + quantity;
    }
  }
  return sum;
};

/** So many times as much. */
export const times = (usage: Usage, factor: number): Usage =>
  Object.fromEntries(Object.entries(usage).map(([name, quantity]) => [name, quantity * factor]));

/** What `usage` has beyond `other`, which has no more of anything. */
export const without = (usage: Usage, other: Usage): Usage => sumOf([usage, times(other, -1)]);

/** One line of a bill. */
export interface CostItem {
  readonly item: PricedUnit;
  readonly quantity: number;
  readonly unit: string;
  readonly usd: number;
}

/** Sub-cent amounts matter for a run; eight digits are a tenth of a millionth of a dollar. */
const round = (value: number): number => Number(value.toFixed(8));

/** The bill, dearest item first. */
export const itemsOf = (usage: Usage): readonly CostItem[] =>
  names
    .map((item) => ({ item, quantity: usage[item] ?? 0 }))
    .filter(({ quantity }) => Math.abs(quantity) > 1e-12)
    .map(({ item, quantity }) => ({
      item,
      quantity: round(quantity),
      unit: unitPrices[item].unit,
      usd: round(usdOf(item, quantity)),
    }))
    .sort((a, b) => b.usd - a.usd);

/** Dollars altogether. */
export const totalUsd = (usage: Usage): number =>
  round(names.reduce((sum, name) => sum + usdOf(name, usage[name] ?? 0), 0));
