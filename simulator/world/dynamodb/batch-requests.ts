import type { Members } from '../../api/service.ts';
import { keyNames, type TableSpec } from './table-spec.ts';
/** A batch request of which the table takes only the first part, and the answer's member for the rest. */
export interface PartialBatch {
  readonly input: Members;
  readonly unprocessed: Members;
}

interface BatchShape {
  /** Most entries that the service takes. */
  readonly limit: number;
  readonly unprocessedMember: string;
  readonly entriesOf: (request: unknown) => readonly unknown[];
  readonly withEntries: (request: unknown, entries: readonly unknown[]) => unknown;
}

/** Limits of https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html and …_BatchWriteItem.html. */
const shapes: Readonly<Record<string, BatchShape>> = {
  BatchGetItem: {
    limit: 100,
    unprocessedMember: 'UnprocessedKeys',
    entriesOf: (request) => (request as { readonly Keys?: readonly unknown[] }).Keys ?? [],
    withEntries: (request, Keys) => ({ ...(request as Members), Keys }),
  },
  BatchWriteItem: {
    limit: 25,
    unprocessedMember: 'UnprocessedItems',
    entriesOf: (request) => request as readonly unknown[],
    withEntries: (_request, entries) => entries,
  },
};

/** Whether an operation may leave a part of its entries unprocessed. */
export const isBatch = (operation: string): boolean => Object.hasOwn(shapes, operation);

/**
 * Splits a batch request for one table; undefined when all of it is processed, and for one that is too long, which the
 * store refuses as a whole.
 */
export const splitBatch = (
  operation: string,
  tableName: string,
  input: Members,
  processed: number,
): PartialBatch | undefined => {
  const shape = shapes[operation];
  const request = (input.RequestItems as Members)[tableName];
  if (shape === undefined || request === undefined) return undefined;
  const entries = shape.entriesOf(request);
  if (entries.length <= processed || entries.length > shape.limit) return undefined;
  const part = (some: readonly unknown[]): Members => ({ [tableName]: shape.withEntries(request, some) });
  return {
    input: { ...input, RequestItems: part(entries.slice(0, processed)) },
    unprocessed: { [shape.unprocessedMember]: part(entries.slice(processed)) },
  };
};

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
