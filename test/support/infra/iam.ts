import type { Policy } from '../../../infra/grants/function-policy.ts';

/** A request as IAM sees it. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request, several values for those that have them. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

const matches = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(value);

const valuesOf = (wanted: unknown): readonly string[] =>
  Array.isArray(wanted) ? wanted.map(String) : [String(wanted)];

type Operator = (wanted: readonly string[], found: readonly string[]) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: (wanted, [found]) => found !== undefined && wanted.includes(found),
  StringEqualsIfExists: (wanted, [found]) => found === undefined || wanted.includes(found),
  'ForAnyValue:StringEquals': (wanted, found) => found.some((value) => wanted.includes(value)),
  'ForAllValues:StringEquals': (wanted, found) => found.every((value) => wanted.includes(value)),
  Null: ([wanted], found) => (wanted === 'true') === (found.length === 0),
  ArnEquals: (wanted, [found]) => found !== undefined && wanted.some((pattern) => matches(pattern, found)),
};

const holds = (condition: Policy['Statement'][number]['Condition'], context: IamRequest['context']): boolean =>
  Object.entries(condition ?? {}).every(([operator, keys]) => {
    const test = operators[operator];
    if (test === undefined) throw new TypeError(`the condition operator ${operator} is not evaluated here`);
    return Object.entries(keys).every(([key, wanted]) => test(valuesOf(wanted), [context[key] ?? []].flat()));
  });

/**
 * Whether a policy allows a request, by the rules of IAM for the identity's own account: an explicit deny wins, and what
 * nothing allows is denied.
 */
export const isAllowed = ({ Statement }: Policy, { action, resource, context }: IamRequest): boolean => {
  const concerned = Statement.filter(
    (statement) =>
      statement.Action.some((pattern) => matches(pattern, action)) &&
      statement.Resource.some((pattern) => matches(pattern, resource)) &&
      holds(statement.Condition, context),
  );
  return concerned.length > 0 && concerned.every(({ Effect }) => Effect === 'Allow');
};
