import { chunkBytes, linkWindow } from './scan-limits.ts';

/** Messages that the first request to a queue asks for, before their size is known; later ones grow tenfold. */
const firstRequest = 10;

/** How many messages to ask a broker for, so that large ones do not fill the memory. */
export class RequestSize {
  #next = firstRequest;
  #largestBytes = 1;

  /** Messages to ask for next, at most `room`. */
  next(room: number): number {
    const fitting = Math.floor(chunkBytes / this.#largestBytes);
    return Math.max(1, Math.min(room, this.#next, fitting));
  }

  /** Notes what came; nothing at all says nothing about sizes. */
  arrived(messages: readonly { readonly bytes: { readonly length: number } }[]): void {
    if (messages.length === 0) return;
    this.#largestBytes = messages.reduce((largest, { bytes }) => Math.max(largest, bytes.length), 1);
    this.#next = Math.min(this.#next * 10, linkWindow);
  }
}
