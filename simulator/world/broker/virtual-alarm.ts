import type { Actor } from '../../clock/actor.ts';
import type { VirtualClock } from '../../clock/virtual-clock.ts';
import { flushStreams } from '../flush-streams.ts';

/** Rings once at a virtual time that may be moved or called off. It costs nothing while it is not set. */
export class VirtualAlarm {
  readonly #clock: VirtualClock;
  readonly #name: string;
  readonly #ring: () => void;
  #waiting: { readonly actor: Actor; readonly atMs: number } | undefined;

  /** @param ring what to do; it must not wait for anything */
  constructor(clock: VirtualClock, name: string, ring: () => void) {
    this.#clock = clock;
    this.#name = name;
    this.#ring = ring;
  }

  /** Sets the time to ring at, in milliseconds since the Unix epoch, in place of any other; undefined calls it off. */
  set(atMs: number | undefined): void {
    if (this.#waiting?.atMs === atMs) return;
    const before = this.#waiting?.actor;
    this.#waiting = undefined;
    if (before !== undefined) this.#clock.kill(before);
    if (atMs === undefined) return;
    const actor = this.#clock.spawn(this.#name, async () => {
      await this.#clock.sleepMs(atMs - this.#clock.nowMs());
      // No longer waiting: the ringing may set the alarm anew.
      this.#waiting = undefined;
      this.#ring();
      await flushStreams();
    });
    this.#waiting = { actor, atMs };
  }
}
