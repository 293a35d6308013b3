import { Ledger, type LedgerSettings } from '../../functions/ledger/ledger.ts';
import type { LedgerObserver } from '../../functions/ledger/ledger-observer.ts';
import type { LedgerReader, LedgerTable } from '../../functions/ledger/ledger-table.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { east, west } from '../../testbed/orders.ts';
import { FakeLedgerTables } from './fake-ledger-tables.ts';
import { FakeClock } from './fake-ports.ts';

/** Log lines of a ledger, as `warn: message`, and everything it tells its observer, by method. */
export class LedgerEars {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: unknown }[] = [];
  readonly told: { readonly method: string; readonly what: readonly unknown[] }[] = [];

  readonly log = {
    info: (message: string, fields?: unknown) => void this.lines.push({ level: 'info', message, fields }),
    warn: (message: string, fields?: unknown) => void this.lines.push({ level: 'warn', message, fields }),
    error: (message: string, fields?: unknown) => void this.lines.push({ level: 'error', message, fields }),
  };

  readonly observer: LedgerObserver = {
    onTakeover: (...what) => void this.told.push({ method: 'onTakeover', what }),
    onDuplicate: (...what) => void this.told.push({ method: 'onDuplicate', what }),
    onProcessedBefore: (...what) => void this.told.push({ method: 'onProcessedBefore', what }),
    onClaimedElsewhere: (...what) => void this.told.push({ method: 'onClaimedElsewhere', what }),
    onLeftOut: (...what) => void this.told.push({ method: 'onLeftOut', what }),
    onIdRepeated: (...what) => void this.told.push({ method: 'onIdRepeated', what }),
    onUnconfirmed: (...what) => void this.told.push({ method: 'onUnconfirmed', what }),
  };

  /** What one method was told. */
  toldBy(method: keyof LedgerObserver): readonly unknown[] {
    return this.told.filter((each) => each.method === method).map(({ what }) => what[0]);
  }
}

/** Ledgers over two fake replicas that replicate at once, on a clock that the test moves. */
export class TwoLedgerRegions {
  readonly clock = new FakeClock();
  readonly ears = new LedgerEars();
  readonly tables: FakeLedgerTables;

  constructor(options: { readonly lagMs?: () => number; readonly losesAnswer?: () => boolean } = {}) {
    this.tables = new FakeLedgerTables({ clock: this.clock, ...options }, [west, east]);
  }

  ledger(region: string, owner: string, settings: Partial<LedgerSettings> = {}): Ledger {
    const other = region === west ? east : west;
    return new Ledger({
      pair: 'orders',
      region,
      otherRegion: other,
      table: this.tables.in(region),
      otherTable: this.tables.in(other),
      consumer: 'billing',
      owner,
      leaseSeconds: 60,
      retentionSeconds: 86_400,
      identity: { from: 'message-id' },
      clock: this.clock as Clock,
      log: this.ears.log,
      observer: this.ears.observer,
      ...settings,
    });
  }
}

/** A table whose methods can be made to fail. */
export const failingTable = <T extends LedgerTable | LedgerReader>(
  table: T,
  fails: (method: string) => Error | undefined,
): T =>
  new Proxy(table, {
    get(target, method, receiver) {
      const value: unknown = Reflect.get(target, method, receiver);
      if (typeof value !== 'function') return value;
      return async (...input: unknown[]) => {
        const error = fails(String(method));
        if (error !== undefined) throw error;
        return await (value as (...input: unknown[]) => Promise<unknown>).apply(target, input);
      };
    },
  });
