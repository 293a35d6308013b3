/** Whether writes get from one Region's replica to another's, and how much longer than usual they take. */
export type PathPace = 'stopped' | { readonly extraMs: number };

interface UnderWay<W> {
  readonly write: W;
  /** When it arrives; infinite while the path is stopped. */
  dueMs: number;
}

/**
 * The way of writes from one replica to another: each arrives by itself after a lag, so a later write may arrive first.
 * What a stopped path holds is late, never lost.
 */
export class ReplicationPath<W> {
  readonly #lagMs: () => number;
  #pace: PathPace = { extraMs: 0 };
  #underWay: UnderWay<W>[] = [];
  /** Arrived by the time of a change of pace. */
  #arrived: UnderWay<W>[] = [];

  /** @param lagMs the usual lag of the next write, virtual milliseconds */
  constructor(lagMs: () => number) {
    this.#lagMs = lagMs;
  }

  send(write: W, nowMs: number): void {
    this.#underWay.push({ write, dueMs: this.#dueMs(nowMs) });
  }

  /** From now on writes take another pace; those under way are not delayed by it unless it stops them. */
  setPace(pace: PathPace, nowMs: number): void {
    if (extraOf(pace) === extraOf(this.#pace)) return;
    this.#settle(nowMs);
    this.#pace = pace;
    for (const sent of this.#underWay) {
      sent.dueMs = pace === 'stopped' ? Number.POSITIVE_INFINITY : Math.min(sent.dueMs, this.#dueMs(nowMs));
    }
  }

  /** What has arrived since the last time it was asked for, in the order of arrival. */
  takeArrived(nowMs: number): readonly W[] {
    this.#settle(nowMs);
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived.map(({ write }) => write);
  }

  /** Writes that the target has not got yet. */
  get waiting(): number {
    return this.#underWay.length;
  }

  /** What the target has not taken yet, arrived or not. */
  *pending(): Generator<W> {
    for (const { write } of this.#arrived) yield write;
    for (const { write } of this.#underWay) yield write;
  }

  #settle(nowMs: number): void {
    const due = this.#underWay.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length === 0) return;
    this.#underWay = this.#underWay.filter(({ dueMs }) => dueMs > nowMs);
    this.#arrived.push(...due.toSorted((one, other) => one.dueMs - other.dueMs));
  }

  #dueMs(nowMs: number): number {
    return nowMs + this.#lagMs() + extraOf(this.#pace);
  }
}

const extraOf = (pace: PathPace): number => (pace === 'stopped' ? Number.POSITIVE_INFINITY : pace.extraMs);
