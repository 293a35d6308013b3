import type { ApiCallCount, ApiCallRecord } from './journal.ts';

/** Counts API calls as they come. */
export class ApiCallCounter {
  readonly #counts = new Map<string, { -readonly [K in keyof ApiCallCount]: ApiCallCount[K] }>();

  add({ region, service, operation, outcome }: Omit<ApiCallCount, 'calls'>): void {
    const key = `${region} ${service} ${operation} ${outcome}`;
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { region, service, operation, outcome, calls: 1 });
    else count.calls += 1;
  }

  /** In the order of the first call of each. */
  counts(): readonly ApiCallCount[] {
    return [...this.#counts.values()].map((count) => ({ ...count }));
  }
}

/** Calls that findings are derived from: promotions, and all that a failover calls. Others are in the file alone. */
export const isDecisive = ({ operation, caller }: Pick<ApiCallRecord, 'operation' | 'caller'>): boolean =>
  operation === 'Promote' || caller.startsWith('failover ');
