import { createHash } from 'node:crypto';
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A number in [0, 1). */
export type Random = () => number;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * A stream of random numbers that is always the same for one seed and name. Each user of randomness takes a stream
 * of its own, so that adding a call in one place does not change what happens in another.
 */
export const randomStream = (seed: number, name: string): Random => {
  const generator = xoroshiro128plus(Number.parseInt(digestOf(`${seed}/${name}`).slice(0, 8), 16) | 0);
  return () => uniformFloat32(generator);
};

/** Ids that look random and are always the same for one seed, kind and position in the run. */
export class IdSource {
  readonly #seed: number;
  readonly #counters = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** An id of the form `8-4-4-4-12` hexadecimal digits. */
  nextUuid(kind: string): string {
    const digest = this.nextDigest(kind);
    const parts = [
      digest.slice(0, 8),
      digest.slice(8, 12),
      digest.slice(12, 16),
      digest.slice(16, 20),
      digest.slice(20, 32),
    ];
    return parts.join('-');
  }

  /** 64 hexadecimal digits. */
  nextDigest(kind: string): string {
    const count = (this.#counters.get(kind) ?? 0) + 1;
    this.#counters.set(kind, count);
    return digestOf(`${this.#seed}/${kind}/${count}`);
  }
}
