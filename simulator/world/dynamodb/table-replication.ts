import type { Members } from '../../api/service.ts';
import { type PathPace, ReplicationPath } from './replication-path.ts';

/** What a request left behind: an item as it is now, or none. */
export interface ItemWrite {
  /** Key attributes. */
  readonly key: Members;
  /** The whole item; undefined for one that was deleted. */
  readonly item: Members | undefined;
}

/** Decides between two writes of one item. */
interface WriteVersion {
  /** Virtual milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly region: string;
  /** Order of the writes of this table. */
  readonly sequence: number;
}

interface ReplicatedWrite extends ItemWrite {
  readonly identity: string;
  readonly version: WriteVersion;
}

export interface TableReplicationOptions {
  readonly regions: readonly string[];
  readonly nowMs: () => number;
  /** The usual lag of one write, virtual milliseconds. */
  readonly lagMs: () => number;
  /** How writes get from one Region to another at this moment. */
  readonly paceOf: (from: string, to: string) => PathPace;
}

/**
 * Replication of a global table with eventual consistency: every replica takes writes, each write reaches the other
 * replicas after a lag, and of two writes of one item the later one stays, whichever arrives first
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html).
 */
export class TableReplication {
  readonly #options: TableReplicationOptions;
  readonly #paths: {
    readonly from: string;
    readonly to: string;
    readonly path: ReplicationPath<ReplicatedWrite>;
  }[] = [];
  /** By Region, then by item: the write that the replica shows, deletions too. */
  readonly #shown = new Map<string, Map<string, WriteVersion>>();
  #sequence = 0;

  constructor(options: TableReplicationOptions) {
    this.#options = options;
    for (const from of options.regions) {
      this.#shown.set(from, new Map());
      for (const to of options.regions) {
        if (from !== to) this.#paths.push({ from, to, path: new ReplicationPath(options.lagMs) });
      }
    }
    this.pathsChanged();
  }

  /** Sends on what a request has just written to a Region's replica. */
  written(region: string, writes: readonly ItemWrite[]): void {
    const nowMs = this.#options.nowMs();
    for (const write of writes) {
      const identity = JSON.stringify(Object.entries(write.key).sort());
      const version = this.#nextVersion(region, identity);
      const replicated = { ...write, identity, version };
      this.#shown.get(region)?.set(identity, version);
      for (const { from, path } of this.#paths) if (from === region) path.send(replicated, nowMs);
    }
  }

  /** What a Region's replica must be brought to before anybody uses it: at most one write for each item. */
  takeArrivals(region: string): readonly ItemWrite[] {
    const nowMs = this.#options.nowMs();
    const shown = this.#shown.get(region);
    const arrivals = new Map<string, ReplicatedWrite>();
    for (const { to, path } of this.#paths) {
      if (to !== region) continue;
      for (const write of path.takeArrived(nowMs)) {
        const known = shown?.get(write.identity);
        if (known !== undefined && !isLater(write.version, known)) continue;
        shown?.set(write.identity, write.version);
        arrivals.set(write.identity, write);
      }
    }
    return [...arrivals.values()];
  }

  /**
   * Forgets which write a replica shows of items that nothing older than that write can reach any more: a table that is
   * written to for days would remember all of them.
   */
  forgetSettled(): void {
    let oldestMs = this.#options.nowMs();
    for (const { path } of this.#paths) {
      for (const { version } of path.pending()) oldestMs = Math.min(oldestMs, version.atMs);
    }
    for (const shown of this.#shown.values()) {
      for (const [identity, { atMs }] of shown) if (atMs < oldestMs) shown.delete(identity);
    }
  }

  /** A write made on top of another one is later than that, also in the same millisecond. */
  #nextVersion(region: string, identity: string): WriteVersion {
    const version = { atMs: this.#options.nowMs(), region, sequence: ++this.#sequence };
    const known = this.#shown.get(region)?.get(identity);
    return known === undefined || isLater(version, known) ? version : { ...version, atMs: known.atMs + 1 };
  }

  /** Takes notice that Regions were lost or came back, or that a fault began or ended. */
  pathsChanged(): void {
    const { nowMs, paceOf } = this.#options;
    for (const { from, to, path } of this.#paths) path.setPace(paceOf(from, to), nowMs());
  }

  /** Writes that are still on their way to some replica. */
  get waiting(): number {
    return this.#paths.reduce((sum, { path }) => sum + path.waiting, 0);
  }
}

/** Of two writes in the same millisecond, one Region's wins everywhere: replicas must not end up different. */
const isLater = (one: WriteVersion, other: WriteVersion): boolean => {
  if (one.atMs !== other.atMs) return one.atMs > other.atMs;
  return one.region === other.region ? one.sequence > other.sequence : one.region > other.region;
};
