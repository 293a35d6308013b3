import type { Policy } from '../../../infra/grants/function-policy.ts';

/** A request as IAM sees it. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request. */
  readonly context: Readonly<Record<string, string>>;
}

const matches = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(value);

const valuesOf = (wanted: unknown): readonly string[] =>
  Array.isArray(wanted) ? wanted.map(String) : [String(wanted)];

const operators: Readonly<Record<string, (wanted: readonly string[], found: string | undefined) => boolean>> = {
  StringEquals: (wanted, found) => found !== undefined && wanted.includes(found),
  'ForAnyValue:StringEquals': (wanted, found) => found !== undefined && wanted.includes(found),
  ArnEquals: (wanted, found) => found !== undefined && wanted.some((pattern) => matches(pattern, found)),
};

const holds = (condition: Policy['Statement'][number]['Condition'], context: IamRequest['context']): boolean =>
  Object.entries(condition ?? {}).every(([operator, keys]) => {
    const test = operators[operator];
    if (test === undefined) throw new TypeError(`the condition operator ${operator} is not evaluated here`);
    return Object.entries(keys).every(([key, wanted]) => test(valuesOf(wanted), context[key]));
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
