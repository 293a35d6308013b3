import type { Delivery, EventContext, Sender } from 'rhea';
import type { ScanConnection } from './scan-connection.ts';

const reasonOf = (error: unknown): string => {
  const { condition, description } = (error ?? {}) as { readonly condition?: string; readonly description?: string };
  return [condition, description].filter(Boolean).join(': ') || 'no reason given';
};

/** Sends encoded messages over one link and learns what the broker did with each. */
export class ConfirmingSender {
  readonly #connection: ScanConnection;
  readonly #sender: Sender;
  readonly #target: string;
  readonly #waiting = new Set<Delivery>();
  #refused: string | undefined;
  #onAllAnswered: () => void = () => {};

  /** @param target what the link leads to, for messages */
  constructor(connection: ScanConnection, sender: Sender, target: string) {
    this.#connection = connection;
    this.#sender = sender;
    this.#target = target;
    sender.on('accepted', ({ delivery }: EventContext) => this.#answered(delivery));
    sender.on('rejected', ({ delivery }: EventContext) => {
      this.#answered(delivery, reasonOf((delivery?.remote_state as { readonly error?: unknown } | undefined)?.error));
    });
    // rhea reports `modified` as released too.
    sender.on('released', ({ delivery }: EventContext) => this.#answered(delivery, 'the broker did not accept it'));
  }

  /** Resolves when the broker lets the link send. @throws AccessDenied, NotFound, ServiceUnavailable */
  async ready(): Promise<void> {
    if (this.#sender.sendable()) return;
    await this.#connection.answer(`credit for ${this.#target}`, (done) => this.#sender.once('sendable', done));
  }

  /**
   * Sends messages and waits for all answers.
   *
   * @returns why the broker refused the first one that it refused; undefined when it took all
   * @throws ServiceUnavailable, when it is unknown what it did
   */
  async send(messages: readonly Buffer[]): Promise<string | undefined> {
    this.#refused = undefined;
    await this.#connection.answer<void>(`messages for ${this.#target}`, (done) => {
      this.#onAllAnswered = done;
      // Format 0 makes rhea send the bytes as they are.
      for (const message of messages) this.#waiting.add(this.#sender.send(message, undefined, 0));
      if (messages.length === 0) done();
    });
    return this.#refused;
  }

  #answered(delivery: Delivery | undefined, refused?: string): void {
    if (delivery === undefined || !this.#waiting.delete(delivery)) return;
    this.#refused ??= refused;
    if (this.#waiting.size === 0) this.#onAllAnswered();
  }
}
