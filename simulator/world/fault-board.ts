import { closest } from 'fastest-levenshtein';
import {
  type Fault,
  type FaultInput,
  type FaultKind,
  type FaultOfKind,
  faultKinds,
  faultSchema,
} from './fault-schema.ts';
import type { Random } from './seeded-random.ts';

/** A fault was described in a way that the simulator does not know, or its id is taken or unknown. */
export class FaultRejectedError extends Error {
  override readonly name = 'FaultRejectedError';
}

interface ActiveFault {
  readonly id: string;
  readonly fault: Fault;
  hits: number;
}

/** Called when a fault starts and when it ends, by `stop` or because its count is used up. */
export type FaultListener = (event: 'started' | 'stopped', id: string, fault: Fault) => void;

/** The faults that are in force right now. */
export class FaultBoard {
  readonly #random: Random;
  readonly #active = new Map<string, ActiveFault>();
  readonly #listeners: FaultListener[] = [];
  #started = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * Puts a fault in force and returns its id.
   *
   * @throws FaultRejectedError for unknown kinds and members, wrong values and an id that is in force already
   */
  start(input: FaultInput): string {
    const fault = parseFault(input);
    this.#started++;
    const id = fault.id ?? `${fault.kind}-${this.#started}`;
    if (this.#active.has(id)) throw new FaultRejectedError(`a fault with the id "${id}" is in force already`);
    this.#active.set(id, { id, fault, hits: 0 });
    this.#tell('started', id, fault);
    return id;
  }

  /** @throws FaultRejectedError when no fault of that id is in force */
  stop(id: string): void {
    const found = this.#active.get(id);
    if (found === undefined) {
      const known = [...this.#active.keys()].join(', ') || 'none';
      throw new FaultRejectedError(`no fault with the id "${id}" is in force; in force: ${known}`);
    }
    this.#active.delete(id);
    this.#tell('stopped', id, found.fault);
  }

  stopAll(): void {
    for (const id of [...this.#active.keys()]) this.stop(id);
  }

  onChange(listener: FaultListener): void {
    this.#listeners.push(listener);
  }

  /** Faults of one kind in the order in which they started. */
  active<K extends FaultKind>(kind: K): readonly FaultOfKind<K>[] {
    return this.#entries(kind).map((entry) => entry.fault);
  }

  /**
   * The first fault of a kind that meets the occasion and, by its probability, takes effect this time; counts the hit.
   */
  hit<K extends FaultKind>(kind: K, meets: (fault: FaultOfKind<K>) => boolean): FaultOfKind<K> | undefined {
    for (const entry of this.#entries(kind)) {
      const { fault } = entry;
      if (!meets(fault)) continue;
      const probability = 'probability' in fault ? fault.probability : undefined;
      if (probability !== undefined && this.#random() >= probability) continue;
      entry.active.hits++;
      const count = 'count' in fault ? fault.count : undefined;
      if (count !== undefined && entry.active.hits >= count) this.stop(entry.active.id);
      return fault;
    }
    return undefined;
  }

  #entries<K extends FaultKind>(kind: K): readonly { readonly fault: FaultOfKind<K>; readonly active: ActiveFault }[] {
    return [...this.#active.values()]
      .filter((active) => active.fault.kind === kind)
      .map((active) => ({ fault: active.fault as FaultOfKind<K>, active }));
  }

  #tell(event: 'started' | 'stopped', id: string, fault: Fault): void {
    for (const listener of this.#listeners) listener(event, id, fault);
  }
}

/** Whether `value` fits a pattern in which `*` stands for any characters; an absent pattern fits everything. */
export const fits = (pattern: string | undefined, value: string | undefined): boolean => {
  if (pattern === undefined) return true;
  if (value === undefined) return false;
  const source = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(value);
};

const parseFault = (input: FaultInput): Fault => {
  const parsed = faultSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const kind: string = String((input as { readonly kind?: unknown }).kind);
  if (!faultKinds.includes(kind as FaultKind)) {
    throw new FaultRejectedError(`unknown fault kind "${kind}"; did you mean "${closest(kind, [...faultKinds])}"?`);
  }
  const problems = parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': '));
  throw new FaultRejectedError(`fault "${kind}": ${problems.join('; ')}`);
};
