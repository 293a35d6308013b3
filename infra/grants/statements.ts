import type { Grant, Target } from './grant.ts';
import type { GrantScope } from './scope.ts';
import { targets } from './targets.ts';

/** A statement of an IAM policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Sids are letters and digits: `pair brokers here` → `PairBrokersHere`. */
const sidOf = (target: Target): string =>
  target
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

const unique = <T extends string>(values: readonly T[]): readonly T[] => [...new Set(values)].toSorted();

/**
 * The policy of a function in a Region: one statement for each target, in alphabetical order, so that equal grants make
 * equal templates. A target without resources in this deployment gives no statement.
 */
export const statementsOf = (grants: readonly Grant[], scope: GrantScope): readonly Statement[] =>
  unique(grants.map(({ on }) => on)).flatMap((target) => {
    const { resources, condition } = targets[target];
    const Resource = unique(resources(scope));
    if (Resource.length === 0) return [];
    const Action = unique(grants.filter(({ on }) => on === target).map(({ action }) => action));
    return [
      {
        Sid: sidOf(target),
        Effect: 'Allow' as const,
        Action,
        Resource,
        ...(condition !== undefined && { Condition: condition(scope) }),
      },
    ];
  });
