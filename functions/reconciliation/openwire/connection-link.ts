import type { Duplex } from 'node:stream';
import { FrameOutput } from './frame-output.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { type IncomingCommand, readCommand } from './incoming-command.ts';
import {
  type BrokerException,
  BrokerReportedError,
  ConnectionLost,
  ConsumerClosed,
  exceptionText,
  FrameTooLarge,
  MalformedFrame,
  NoAnswer,
  OpenWireError,
  refusal,
  UnsupportedWireFormat,
} from './openwire-errors.ts';
import { type CommandHead, keepAliveInfo, shutdownInfo } from './outgoing-command.ts';
import { negotiate, type WireFormat, wireFormatInfo } from './wire-format.ts';

/**
 * Bytes that a frame from the broker may have beyond what was negotiated: the broker checks what it receives, and a
 * message grows by the address of its delivery, and where a client sent it in the tight encoding.
 */
const frameSlackBytes = 256 * 1024;

/** The first frame of a broker says what it speaks, in some 500 bytes. */
const firstFrameBytes = 8 * 1024;

/** Keep-alives within the time after which a silent connection counts as dead. */
const keepAlivesPerInactivity = 3;

/** Everything that a link needs of its owner. */
export interface LinkSettings {
  /** What this side would like. */
  readonly wireFormat: WireFormat;
  /** Budget of every answer, in milliseconds, as long as the network takes nothing more of what was written. */
  readonly answerTimeoutMs: number;
  /** A signal that is aborted so many milliseconds later. */
  readonly startTimeout: (milliseconds: number) => AbortSignal;
}

/** Takes the deliveries of one consumer. */
export interface DeliveryTarget {
  deliver(command: IncomingCommand & { readonly kind: 'dispatch' }): void;
  /** No more will come, for this reason. */
  fail(error: OpenWireError): void;
}

/** Called with the exception that the broker answered with, if any. */
type OnAnswer = (exception: BrokerException | undefined) => void;

interface Waiting {
  readonly onAnswer: OnAnswer;
  readonly onLost: (error: OpenWireError) => void;
}

/** Frames on a stream: negotiation, commands and their answers, keep-alives, and the end. */
export class ConnectionLink {
  readonly #stream: Duplex;
  readonly #settings: LinkSettings;
  readonly #output: FrameOutput;
  readonly #splitter = new FrameSplitter(firstFrameBytes);
  readonly #waiting = new Map<number, Waiting>();
  readonly #targets = new Map<number, DeliveryTarget>();
  readonly #negotiated = Promise.withResolvers<WireFormat>();
  readonly #closed = Promise.withResolvers<void>();
  #wireFormat: WireFormat | undefined;
  #commandId = 0;
  #error: OpenWireError | undefined;
  #streamOpen = true;
  #closing = false;
  /** What was heard and said since the last keep-alive was due. */
  #heard = false;
  #said = false;

  private constructor(stream: Duplex, settings: LinkSettings) {
    this.#stream = stream;
    this.#settings = settings;
    this.#output = new FrameOutput(stream);
    this.#negotiated.promise.catch(() => {});
    stream.on('data', (piece: Buffer) => this.#receive(piece));
    stream.once('error', (error: NodeJS.ErrnoException) =>
      this.#end(new ConnectionLost(`the connection to the broker failed: ${error.code ?? error.name}`)),
    );
    const over = (): void => this.#end(new ConnectionLost(this.#lostText()));
    stream.once('end', over);
    stream.once('close', over);
  }

  /**
   * Negotiates on a stream.
   *
   * @throws UnsupportedWireFormat, NoAnswer, ConnectionLost
   */
  static async open(stream: Duplex, settings: LinkSettings): Promise<ConnectionLink> {
    const link = new ConnectionLink(stream, settings);
    link.#output.frame([wireFormatInfo(settings.wireFormat)]);
    const { maxInactivityMs } = await link.inTime('negotiation', link.#negotiated.promise);
    if (maxInactivityMs > 0) link.#keepAlive(maxInactivityMs / keepAlivesPerInactivity, 0);
    return link;
  }

  /** Bytes of the largest frame that the broker takes. */
  get maxFrameBytes(): number {
    return this.#wireFormat?.maxFrameBytes ?? 0;
  }

  /** Why nothing more can be done; undefined while it can. */
  get error(): OpenWireError | undefined {
    return this.#error;
  }

  /** Takes what arrives for a consumer, or leaves it from now on. */
  route(consumer: number, target: DeliveryTarget | undefined): void {
    if (target === undefined) this.#targets.delete(consumer);
    else this.#targets.set(consumer, target);
  }

  /** Sends a command that the broker answers only when it fails. @throws the reason why the link is of no use any more */
  send(build: (head: CommandHead) => Buffer): void {
    if (this.#error !== undefined) throw this.#error;
    this.#said = true;
    this.#output.frame([build(this.#head(false))]);
  }

  /**
   * Sends a command of several pieces; the broker's answer goes to `waiting`.
   *
   * @throws FrameTooLarge before anything is sent, the reason why the link is of no use any more
   */
  sendAnswered(build: (head: CommandHead) => readonly Buffer[], waiting: Waiting): void {
    if (this.#error !== undefined) throw this.#error;
    const head = this.#head(true);
    const pieces = build(head);
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (bytes > this.maxFrameBytes) {
      throw new FrameTooLarge(`a frame of ${bytes} bytes was to be sent, and the broker takes ${this.maxFrameBytes}`);
    }
    this.#waiting.set(head.commandId, waiting);
    this.#said = true;
    this.#output.frame(pieces);
  }

  /**
   * Sends a command and waits for its answer.
   *
   * @throws BrokerDeniedAccess or BrokerRefused for an exception, NoAnswer, the reason why the link is of no use any more
   */
  async request(what: string, build: (head: CommandHead) => Buffer): Promise<void> {
    const answered = Promise.withResolvers<BrokerException | undefined>();
    this.sendAnswered((head) => [build(head)], { onAnswer: answered.resolve, onLost: answered.reject });
    const exception = await this.inTime(what, answered.promise);
    if (exception !== undefined) throw refusal(what, exception);
  }

  /**
   * Waits for an answer that `sendAnswered` asked for.
   *
   * @throws NoAnswer, after which the link is of no use any more; what `answer` rejects with
   */
  async inTime<T>(what: string, answer: Promise<T>): Promise<T> {
    const watching = new AbortController();
    this.#watch(what, watching.signal);
    try {
      return await answer;
    } finally {
      watching.abort();
    }
  }

  /** Says goodbye and closes the stream. Never throws. */
  async close(): Promise<void> {
    if (!this.#streamOpen) return;
    this.#closing = true;
    if (this.#error === undefined) this.send(shutdownInfo);
    this.#output.flush();
    this.#stream.end();
    await this.inTime('the end of the connection', this.#closed.promise).catch(() => {});
    this.abort(new ConnectionLost('the connection to the broker is closed'));
  }

  /** Breaks off without a word. */
  abort(error: OpenWireError): void {
    this.#end(error);
  }

  #head(responseRequired: boolean): CommandHead {
    this.#commandId += 1;
    return { commandId: this.#commandId, responseRequired };
  }

  /** Breaks the connection off when the time of an answer is over, which rejects whatever waits for one. */
  #watch(what: string, over: AbortSignal): void {
    const { answerTimeoutMs, startTimeout } = this.#settings;
    const before = this.#output.progress;
    const giveUp = (): void => {
      if (this.#output.busy && this.#output.progress > before) this.#watch(what, over);
      else this.abort(new NoAnswer(`${what}: no answer from the broker within ${answerTimeoutMs} ms`));
    };
    // Wall time on purpose: it bounds a broker that keeps a connection open and says nothing.
    startTimeout(answerTimeoutMs).addEventListener('abort', giveUp, { once: true, signal: over });
  }

  #receive(piece: Buffer): void {
    this.#heard = true;
    try {
      for (const frame of this.#splitter.push(piece)) {
        if (!this.#streamOpen) return;
        if (this.#wireFormat === undefined) this.#agree(frame);
        else this.#take(readCommand(frame));
      }
    } catch (error) {
      this.#end(this.#unreadable(error));
    }
  }

  #agree(frame: Buffer): void {
    const agreed = negotiate(frame, this.#settings.wireFormat);
    this.#wireFormat = agreed;
    this.#splitter.limit(agreed.maxFrameBytes + frameSlackBytes);
    this.#negotiated.resolve(agreed);
  }

  #unreadable(error: unknown): OpenWireError {
    const known =
      error instanceof OpenWireError ? error : new MalformedFrame('a frame is unreadable', {}, { cause: error });
    if (this.#wireFormat !== undefined || known instanceof UnsupportedWireFormat) return known;
    return new UnsupportedWireFormat(
      "the peer did not begin with an OpenWire negotiation. Check that the port is the broker's OpenWire port (61617 on " +
        'Amazon MQ) and whether it wants TLS',
      {},
      { cause: known },
    );
  }

  #take(command: IncomingCommand): void {
    switch (command.kind) {
      case 'dispatch':
        // What comes for a consumer that is being removed goes back to the queue.
        this.#targets.get(command.consumer)?.deliver(command);
        return;
      case 'answer': {
        const waiting = this.#waiting.get(command.commandId);
        this.#waiting.delete(command.commandId);
        waiting?.onAnswer(command.exception);
        return;
      }
      case 'keepAlive':
        if (command.answerWanted) this.#output.frame([keepAliveInfo(this.#head(false))]);
        return;
      case 'error': {
        const { exception } = command;
        // What waits for an answer gets it all the same.
        this.#fail(
          new BrokerReportedError(`the broker reported ${exceptionText(exception)}`, {
            exception: exception.className,
          }),
        );
        return;
      }
      case 'consumerClosed':
        this.#targets
          .get(command.consumer)
          ?.fail(new ConsumerClosed('the broker closed the consumer; its queue may have been removed'));
        this.#targets.delete(command.consumer);
        return;
      case 'goodbye':
        this.#end(new ConnectionLost(command.why));
        return;
      case 'nothing':
        return;
    }
  }

  #lostText(): string {
    if (this.#closing) return 'the connection to the broker is closed';
    return this.#splitter.inFrame
      ? 'the broker closed the connection in the middle of a frame'
      : 'the broker closed the connection';
  }

  /** Nothing more is sent; what waits for an answer goes on. */
  #fail(error: OpenWireError): void {
    this.#error ??= error;
    for (const target of this.#targets.values()) target.fail(this.#error);
    this.#targets.clear();
  }

  #end(error: OpenWireError): void {
    if (!this.#streamOpen) return;
    this.#streamOpen = false;
    this.#fail(error);
    this.#stream.destroy();
    this.#negotiated.reject(error);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { onLost } of waiting) onLost(error);
    this.#closed.resolve();
  }

  /** Says something before the broker takes silence for death, and takes the broker's silence for it. */
  #keepAlive(everyMs: number, silentBefore: number): void {
    this.#settings.startTimeout(everyMs).addEventListener(
      'abort',
      () => {
        if (!this.#streamOpen) return;
        if (!this.#said) this.#output.frame([keepAliveInfo(this.#head(false))]);
        const silent = this.#heard ? 0 : silentBefore + 1;
        this.#heard = false;
        this.#said = false;
        if (silent > keepAlivesPerInactivity) {
          this.#end(new ConnectionLost(`the broker said nothing for ${everyMs * keepAlivesPerInactivity} ms`));
        } else {
          this.#keepAlive(everyMs, silent);
        }
      },
      { once: true },
    );
  }
}
