import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter } from '../../../../functions/reconciliation/openwire/frame-splitter.ts';
import { readCommand } from '../../../../functions/reconciliation/openwire/incoming-command.ts';
import { bytesOf, textOf } from '../../../../functions/reconciliation/openwire/message-body.ts';
import { messageCopy } from '../../../../functions/reconciliation/openwire/message-copy.ts';
import { OpenWireError, openWireErrors } from '../../../../functions/reconciliation/openwire/openwire-errors.ts';
import { negotiate } from '../../../../functions/reconciliation/openwire/wire-format.ts';
import type { WireMessage } from '../../../../functions/reconciliation/openwire/wire-message.ts';
import { dispatch } from './fake-broker.ts';
import { recordedMessages } from './recorded-messages.ts';

/** Bytes that an inflated body may have here. */
const maxBodyBytes = 100_000;

/** Everything that may be asked of a message. */
const questions: readonly ((message: WireMessage) => unknown)[] = [
  (message) => message.messageId,
  (message) => message.destination,
  (message) => message.groupId,
  (message) => message.correlationId,
  (message) => message.replyTo,
  (message) => message.content?.length,
  (message) => message.properties(),
  (message) => textOf(message, maxBodyBytes),
  (message) => bytesOf(message, maxBodyBytes),
  (message) =>
    messageCopy(message, {
      commandId: 1,
      responseRequired: false,
      producer: { connectionId: 'x', sessionId: 1n, value: 1n },
      queue: 'q',
      transaction: undefined,
      identity: undefined,
    }),
];

/** Does something; gives the name of the error that ended it, which must be one of the client's own. */
const outcome = (body: () => unknown): string => {
  try {
    body();
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(OpenWireError);
    const { name } = error as OpenWireError;
    expect(Object.keys(openWireErrors)).toContain(name);
    return name;
  }
};

const readEverything = (frame: Buffer): string =>
  outcome(() => {
    const command = readCommand(frame);
    const message = command.kind === 'dispatch' ? command.message : undefined;
    if (message !== undefined) for (const question of questions) outcome(() => question(message));
  });

/** A seed for every run, so that a failure is the same the next time. */
const runs = { seed: 20_261_130, numRuns: 3_000 } as const;

const frames = recordedMessages.map(({ bytes }) => dispatch(1, bytes));
const anyFrame = fc.constantFrom(...frames);

/** Numbers that lengths and counts are attacked with. */
const hostile = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff);

describe('hostile bytes', () => {
  it('of any kind are a named error, or nothing worse than a command', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => void readEverything(Buffer.from(bytes))),
      runs,
    );
  });

  it('behind the type of a command are a named error, or a command', () => {
    const commands = fc.tuple(fc.integer({ min: 0, max: 124 }), fc.uint8Array({ maxLength: 300 }));
    fc.assert(
      fc.property(commands, ([type, bytes]) => void readEverything(Buffer.from([type, 0, 0, 0, 1, 0, ...bytes]))),
      runs,
    );
  });

  it('in the negotiation are a named error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const frame = Buffer.concat([Buffer.from([1]), Buffer.from('ActiveMQ'), Buffer.from([0, 0, 0, 12, 1]), bytes]);
        outcome(() => negotiate(frame, { maxFrameBytes: 1_000, maxInactivityMs: 1_000 }));
      }),
      runs,
    );
  });

  it('never get past the end: a frame that is cut off anywhere is an error', () => {
    const [frame = Buffer.alloc(0)] = frames;
    for (let length = 0; length < frame.length; length++) {
      const command = (): unknown => readCommand(frame.subarray(0, length));
      const name = outcome(() => {
        const read = command() as ReturnType<typeof readCommand>;
        if (read.kind === 'dispatch' && read.message !== undefined) void read.message.groupFirstAt;
      });
      expect({ length, name }).toEqual({ length, name: 'MalformedFrame' });
    }
  });

  it('that replace some of a real message are a named error, or another message', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(anyFrame, changes, (frame, replaced) => {
        const bytes = Buffer.from(frame);
        for (const [at, value] of replaced) bytes[at % bytes.length] = value;
        outcomes.add(readEverything(bytes));
      }),
      runs,
    );
    expect([...outcomes].sort()).toEqual(['MalformedFrame', 'read']);
  });

  it('that replace a length or a count of a real message are a named error, or another message', () => {
    const places = fc.tuple(fc.nat(), hostile, fc.boolean());
    fc.assert(
      fc.property(anyFrame, places, (frame, [place, value, wide]) => {
        const bytes = Buffer.from(frame);
        const at = place % (bytes.length - 4);
        if (wide) bytes.writeUInt32BE(value, at);
        else bytes.writeUInt16BE(value & 0xffff, at);
        readEverything(bytes);
      }),
      runs,
    );
  });

  it('with structures inside each other end early', () => {
    // Messages that hold messages as their data structure, far deeper than any stack.
    const level = Buffer.concat([Buffer.from([1, 111]), Buffer.alloc(8)]);
    const deep = Buffer.concat([Buffer.from([21, 0, 0, 0, 1, 0]), ...Array.from({ length: 50_000 }, () => level)]);
    expect(readEverything(deep)).toBe('MalformedFrame');
    const inDestination = Buffer.concat([
      Buffer.from([21, 0, 0, 0, 1, 0, 1, 122, 0]),
      Buffer.alloc(16),
      ...Array.from({ length: 50_000 }, () => level),
    ]);
    expect(readEverything(inDestination)).toBe('MalformedFrame');
  });

  it('on a stream never take more room than the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 30 }), (pieces) => {
        const splitter = new FrameSplitter(256);
        const name = outcome(() => {
          for (const piece of pieces) {
            for (const frame of splitter.push(Buffer.from(piece))) expect(frame.length).toBeLessThanOrEqual(256);
          }
        });
        expect(['read', 'MalformedFrame', 'FrameTooLarge']).toContain(name);
      }),
      runs,
    );
  });
});
