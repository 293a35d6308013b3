import { type Duplex, duplexPair } from 'node:stream';
import { ByteReader } from '../../../../functions/reconciliation/openwire/byte-reader.ts';
import { ByteWriter } from '../../../../functions/reconciliation/openwire/byte-writer.ts';
import { FrameSplitter } from '../../../../functions/reconciliation/openwire/frame-splitter.ts';
import { OpenWireConnection, type OpenWireOptions } from '../../../../functions/reconciliation/openwire/index.ts';
import { structureTypes as types } from '../../../../functions/reconciliation/openwire/structure-types.ts';
import { wireFormatInfo } from '../../../../functions/reconciliation/openwire/wire-format.ts';

/** A command that the client sent. */
export interface SentCommand {
  readonly type: number;
  readonly commandId: number;
  readonly answerWanted: boolean;
  readonly frame: Buffer;
}

/** What a broker does about a command that wants an answer. */
export type Reaction = 'answer' | 'silence' | { readonly exception: string; readonly sentence: string };

const largestFrameBytes = 16 * 1024 * 1024;

/** Frames from the other side of a stream, and whatever bytes a test sends instead. */
export class FakeBroker {
  readonly client: Duplex;
  readonly commands: SentCommand[] = [];
  readonly #stream: Duplex;
  readonly #react: (command: SentCommand) => Reaction;

  constructor(react: (command: SentCommand) => Reaction = () => 'answer') {
    [this.client, this.#stream] = duplexPair();
    this.#react = react;
    const splitter = new FrameSplitter(largestFrameBytes);
    this.#stream.on('data', (piece: Buffer) => {
      for (const frame of splitter.push(piece)) this.#take(frame);
    });
    this.#stream.on('error', () => {});
  }

  /** Types of the commands that the client sent. */
  get types(): readonly number[] {
    return this.commands.map(({ type }) => type);
  }

  commandsOf(type: number): readonly SentCommand[] {
    return this.commands.filter((command) => command.type === type);
  }

  /** Sends frames, each with its length. */
  send(...frames: readonly Buffer[]): void {
    for (const frame of frames) this.sendBytes(new ByteWriter().int(frame.length).raw(frame).finish());
  }

  sendBytes(bytes: Buffer): void {
    this.#stream.write(bytes);
  }

  negotiate(wireFormat = { maxFrameBytes: 104_857_600, maxInactivityMs: 30_000 }): void {
    this.send(wireFormatInfo(wireFormat));
  }

  /** Ends its side of the stream. */
  end(): void {
    this.#stream.end();
  }

  #take(frame: Buffer): void {
    const reader = new ByteReader(frame);
    const type = reader.unsignedByte();
    if (type === types.wireFormatInfo) return;
    const command = { type, commandId: reader.int(), answerWanted: reader.boolean(), frame };
    this.commands.push(command);
    if (type === types.shutdownInfo) this.end();
    if (!command.answerWanted) return;
    const reaction = this.#react(command);
    if (reaction === 'answer') this.send(response(command.commandId));
    else if (reaction !== 'silence') this.send(exceptionResponse(command.commandId, reaction));
  }
}

const head = (type: number): ByteWriter => new ByteWriter().byte(type).int(0).boolean(false);

export const response = (commandId: number): Buffer => head(types.response).int(commandId).finish();

const exception = (writer: ByteWriter, { exception: name, sentence }: Exclude<Reaction, string>): ByteWriter =>
  writer.boolean(true).string(name).string(sentence);

export const exceptionResponse = (commandId: number, reaction: Exclude<Reaction, string>): Buffer =>
  exception(head(types.exceptionResponse).int(commandId), reaction).finish();

export const connectionError = (reaction: Exclude<Reaction, string>): Buffer =>
  exception(head(types.connectionError), reaction).boolean(false).finish();

export const keepAlive = (answerWanted: boolean): Buffer =>
  new ByteWriter().byte(types.keepAliveInfo).int(7).boolean(answerWanted).finish();

const consumer = (writer: ByteWriter, value: number): ByteWriter =>
  writer.boolean(true).byte(types.consumerId).string('ID:x').long(1).long(value);

/** A delivery to a consumer; without a message the end of a browse. */
export const dispatch = (value: number, message: Buffer | undefined, redeliveries = 0): Buffer => {
  const writer = consumer(head(types.messageDispatch), value)
    .boolean(false)
    .boolean(message !== undefined);
  return writer
    .raw(message ?? Buffer.alloc(0))
    .int(redeliveries)
    .finish();
};

export const closeConsumer = (value: number): Buffer =>
  consumer(head(types.consumerControl).boolean(false).boolean(true), value)
    .int(0)
    .boolean(false)
    .boolean(false)
    .boolean(false)
    .finish();

export const controlCommand = (text: string): Buffer => head(types.controlCommand).string(text).finish();

export const shutdown = (): Buffer => head(types.shutdownInfo).finish();

/** Time-outs that a test lets pass. */
export class ManualTimeouts {
  #started: { readonly milliseconds: number; readonly controller: AbortController }[] = [];

  readonly start = (milliseconds: number): AbortSignal => {
    const controller = new AbortController();
    this.#started.push({ milliseconds, controller });
    return controller.signal;
  };

  /** Ends every time-out of that length that was started so far. */
  pass(milliseconds: number): void {
    const due = this.#started.filter((each) => each.milliseconds === milliseconds);
    this.#started = this.#started.filter((each) => each.milliseconds !== milliseconds);
    for (const { controller } of due) controller.abort();
  }
}

/** Lets everything that is under way between the two sides arrive. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

export const secret = 'a-password-that-nobody-may-read';

export const options = (more: Partial<OpenWireOptions> = {}): OpenWireOptions => ({
  credentials: { username: 'a-user-name', password: secret },
  uniqueName: 'unit',
  ...more,
});

/** A connection to a broker that negotiates. */
export const connectTo = async (
  broker: FakeBroker,
  more: Partial<OpenWireOptions> = {},
): Promise<OpenWireConnection> => {
  broker.negotiate();
  return await OpenWireConnection.open(broker.client, options(more));
};
