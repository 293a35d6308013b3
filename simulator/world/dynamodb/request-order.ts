import { keyNames, type TableSpec } from './table-spec.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * A BatchGetItem answer with its items in the order of the requested keys: dynalite shuffles them, as DynamoDB may,
 * but a run must be repeatable.
 */
export const inRequestOrder = (request: Members, answer: Members, spec: TableSpec): Members => {
  const requested = (request.RequestItems as Readonly<Record<string, { readonly Keys?: readonly Members[] }>>)[
    spec.tableName
  ];
  const order = new Map((requested?.Keys ?? []).map((key, index) => [identityOf(key, spec), index]));
  const responses = answer.Responses as Readonly<Record<string, readonly Members[]>>;
  const items = responses[spec.tableName];
  if (items === undefined) return answer;
  const position = (item: Members): number => order.get(identityOf(item, spec)) ?? order.size;
  return { ...answer, Responses: { [spec.tableName]: items.toSorted((a, b) => position(a) - position(b)) } };
};

const identityOf = (item: Members, spec: TableSpec): string => JSON.stringify(keyNames(spec).map((name) => item[name]));
