import type { Sender } from 'rhea';
import { creditLimit, giveCreditBack, sentCount } from './rhea-internals.ts';

/** The credit of a link on which the broker sends: what rhea counts, and what rhea has not counted yet. */
export class LinkCredit {
  readonly #sender: Sender;
  /** How many messages were handed to rhea, counted as link credit counts: drained credit is used up too. */
  #assigned = 0;
  #attached = false;
  #draining = false;
  /** Messages that the drain under way may still bring. */
  #drainLeft = 0;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /** Whether a message may be sent now. */
  get usable(): boolean {
    if (this.#draining && this.#drainLeft === 0) return false;
    return this.#attached && this.#assigned < creditLimit(this.#sender) && this.#sender.sendable();
  }

  /** Whether everything that the client gave was assigned. */
  get usedUp(): boolean {
    return this.#assigned >= creditLimit(this.#sender);
  }

  /** Whether the client waits for its unused credit. */
  get draining(): boolean {
    return this.#draining;
  }

  /** The broker's attach has been written: messages may follow it. */
  start(): void {
    this.#attached = true;
  }

  send(bytes: Buffer): ReturnType<Sender['send']> {
    this.#assigned++;
    if (this.#draining) this.#drainLeft--;
    return this.#sender.send(bytes, undefined, 0);
  }

  /** The client set its credit anew, without asking for it back; that overrules an earlier drain. */
  stopDrain(): void {
    this.#draining = false;
  }

  /** The client wants its unused credit back once nothing more, or `atMost` messages, can be sent. */
  startDrain(atMost = Number.POSITIVE_INFINITY): void {
    this.#draining = true;
    this.#drainLeft = atMost;
  }

  /**
   * Gives unused credit back if the client asked for it and nothing holds it up. Call it whenever there is nothing
   * more to send. It happens a tick later: rhea would drop the credit of messages that it has not written yet.
   */
  endDrain(): void {
    if (!this.#draining || !this.#attached || this.#heldUp()) return;
    process.nextTick(() => {
      const limit = creditLimit(this.#sender);
      if (!this.#draining || this.#heldUp() || sentCount(this.#sender) < this.#assigned) return;
      this.#draining = false;
      if (this.#assigned === limit) return;
      this.#assigned = limit;
      giveCreditBack(this.#sender);
    });
  }

  /** A full session buffer is not an empty queue: there is credit, but no room until the client settles something. */
  #heldUp(): boolean {
    if (this.#drainLeft === 0) return false;
    return this.#assigned < creditLimit(this.#sender) && !this.#sender.sendable();
  }
}
