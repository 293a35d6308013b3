import type { MessageKey } from './ledger-entry.ts';
import type { EarlierRecord } from './ledger-table.ts';

/** A message's key and the partition key of its items. */
export interface Named {
  readonly key: MessageKey;
  readonly pk: string;
}

/** A claim of this process that was neither confirmed nor abandoned. Times are milliseconds since the Unix epoch. */
export interface HeldClaim extends Named {
  readonly atMs: number;
  readonly leaseUntilMs: number;
  /** When its confirmation was first sent; a repetition says the same. */
  readonly confirmAtMs?: number;
  /** When its producer made it; undefined where it does not say. */
  readonly createdAtMs?: number | undefined;
  /** What this Region has recorded of older messages with the same id. */
  readonly earlier?: readonly EarlierRecord[];
}

/**
 * How long a claim is remembered after its lease, in milliseconds: a consumer that finishes later than that is told that
 * the message was not claimed. An hour is above every time limit of a Lambda function (fifteen minutes).
 */
const forgetAfterMs = 3_600_000;

/** The claims of this process. They prove nothing: the table's conditions are. */
export class HeldClaims {
  readonly #byPartition = new Map<string, HeldClaim>();

  get(pk: string): HeldClaim | undefined {
    return this.#byPartition.get(pk);
  }

  add(claim: HeldClaim): void {
    this.#byPartition.set(claim.pk, claim);
  }

  release(pk: string): void {
    this.#byPartition.delete(pk);
  }

  extend(pk: string, leaseUntilMs: number): void {
    const claim = this.#byPartition.get(pk);
    if (claim !== undefined) this.add({ ...claim, leaseUntilMs });
  }

  /** The claim, if there is one, marked as being confirmed since the first time that it was asked for. */
  confirming({ pk }: Named, nowMs: number): HeldClaim | undefined {
    const claim = this.#byPartition.get(pk);
    if (claim === undefined || claim.confirmAtMs !== undefined) return claim;
    this.add({ ...claim, confirmAtMs: nowMs });
    return this.#byPartition.get(pk);
  }

  /** Messages whose side effect happened, but whose confirmation failed. */
  unconfirmed(): readonly MessageKey[] {
    return [...this.#byPartition.values()].filter(({ confirmAtMs }) => confirmAtMs !== undefined).map(({ key }) => key);
  }

  forgetBefore(nowMs: number): void {
    for (const [pk, { leaseUntilMs }] of this.#byPartition) {
      if (leaseUntilMs + forgetAfterMs < nowMs) this.#byPartition.delete(pk);
    }
  }
}
