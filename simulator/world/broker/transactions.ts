/** Something that a transaction does when it ends. */
export interface TransactionalWork {
  /** Makes it happen. */
  commit(): void;
  /** Makes it undone. */
  rollBack(): void;
}

/**
 * The open transactions of one connection: what was done in them takes effect together, or not at all. What is open when
 * the connection ends never does.
 */
export class Transactions {
  readonly #open = new Map<string, TransactionalWork[]>();
  #last = 0n;

  /** Begins a transaction and returns its id. */
  declare(): Buffer {
    const id = Buffer.alloc(8);
    id.writeBigUInt64BE(++this.#last);
    this.#open.set(nameOf(id), []);
    return id;
  }

  /** Adds work to a transaction; false for one that is not open. */
  enlist(id: Buffer, work: TransactionalWork): boolean {
    return this.#open.get(nameOf(id))?.push(work) !== undefined;
  }

  /** Ends a transaction; false for one that is not open. */
  discharge(id: Buffer, end: 'commit' | 'rollBack'): boolean {
    const works = this.#open.get(nameOf(id));
    this.#open.delete(nameOf(id));
    for (const work of works ?? []) work[end]();
    return works !== undefined;
  }
}

const nameOf = (id: Buffer): string => id.toString('hex');
