import { Duplex } from 'node:stream';

/**
 * One end of a connection in memory. Node's own `duplexPair` hands data over while it is being written; rhea does not
 * bear that its peer answers in the middle of a write. Here data arrives a tick later, all that was written meanwhile
 * at once.
 */
class StreamEnd extends Duplex {
  #peer: StreamEnd | undefined;
  #ended = false;
  #onPeerReads: (() => void) | undefined;

  join(peer: StreamEnd): void {
    this.#peer = peer;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: () => void): void {
    process.nextTick(() => this.#peer?.arrive(chunk, written));
  }

  override _writev(chunks: { chunk: Buffer }[], written: () => void): void {
    const all = Buffer.concat(chunks.map(({ chunk }) => chunk));
    process.nextTick(() => this.#peer?.arrive(all, written));
  }

  override _read(): void {
    const resume = this.#onPeerReads;
    this.#onPeerReads = undefined;
    resume?.();
  }

  override _final(finished: () => void): void {
    process.nextTick(() => this.#peer?.arriveEnd());
    finished();
  }

  override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
    process.nextTick(() => this.#peer?.arriveEnd());
    destroyed(error);
  }

  arrive(chunk: Buffer, written: () => void): void {
    // What is sent to an end that is gone is lost without an error, as on a network.
    if (this.#ended || this.destroyed || this.push(chunk)) written();
    else this.#onPeerReads = written;
  }

  arriveEnd(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    this.push(null);
  }
}

/** A connection in memory: what is written to one end is read from the other, in a later tick. */
export const memoryConnection = (): readonly [client: Duplex, server: Duplex] => {
  const client = new StreamEnd();
  const server = new StreamEnd();
  client.join(server);
  server.join(client);
  return [client, server];
};
