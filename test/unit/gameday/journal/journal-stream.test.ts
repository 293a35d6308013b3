import { mkdtempSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JournalStream } from '../../../../gameday/journal/journal-stream.ts';
import { writeJournal } from '../../../../gameday/journal/write-journal.ts';
import { sampleJournal } from '../report/sample-journal.ts';

/** Bytes that the file system takes for one file; more is ENOSPC. */
const disk = vi.hoisted(() => ({ bytes: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  const writeSync = (descriptor: number, bytes: Buffer, offset: number, length: number, position: number): number => {
    const fitting = Math.min(length, disk.bytes - position);
    if (fitting <= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    return fs.writeSync(descriptor, bytes, offset, fitting, position);
  };
  return { ...fs, writeSync };
});

afterEach(() => {
  disk.bytes = Number.POSITIVE_INFINITY;
});

const atMs = Date.UTC(2026, 0, 5, 9);
const folder = (): string => mkdtempSync(join(tmpdir(), 'mq-dr-journal-'));

const open = (onFailure: (reason: string) => void = () => {}) =>
  new JournalStream(join(folder(), 'journal.jsonl'), ['pass"word', ''], onFailure);

const linesOf = ({ file }: JournalStream): readonly (readonly [string, Record<string, unknown>])[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the stream of a journal', () => {
  it('says at every instant how it ended: a process that is killed writes nothing more', () => {
    const stream = open();
    for (let number = 1; number <= 3; number++) {
      stream.write('log', { number }, atMs);
      stream.flush();
      expect(linesOf(stream).map(([kind]) => kind)).toEqual([...Array(number).fill('log'), 'end']);
      expect(linesOf(stream).at(-1)).toMatchObject(['end', { outcome: 'killed', at: '2026-01-05T09:00:00.000Z' }]);
    }
    stream.write('log', { number: 4 }, atMs);
    stream.end('met', '');
    expect(linesOf(stream).map(([, record]) => record.number ?? record.outcome)).toEqual([1, 2, 3, 4, 'met']);
    stream.close();
  });

  it('writes blocks of many records without being asked, and gives the records of one kind back', () => {
    const stream = open();
    const long = 'ü'.repeat(500);
    for (let number = 0; number < 3_000; number++)
      stream.write(number % 3 === 0 ? 'call' : 'log', { number, long }, atMs);
    const before = linesOf(stream).length;
    expect(before).toBeGreaterThan(2_500);
    stream.end('interrupted', 'Ctrl-C');
    const numbers = [...stream.recordsOf('call')].map((text) => (JSON.parse(text) as { number: number }).number);
    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, index) => index * 3));
    stream.close();
  });

  it('has no secrets in it', () => {
    const stream = open();
    stream.write('log', { text: 'a pass"word in a sentence' }, atMs);
    stream.flush();
    expect(linesOf(stream)[0]).toEqual(['log', { text: 'a [secret] in a sentence' }]);
    stream.close();
  });

  it('is readable and marked on a full disk, and says so once', () => {
    const reasons: string[] = [];
    const stream = open((reason) => reasons.push(reason));
    stream.write('log', { number: 1 }, atMs);
    stream.flush();
    disk.bytes = readFileSync(stream.file).length;
    for (let number = 2; number < 5; number++) {
      stream.write('log', { number }, atMs);
      stream.flush();
    }
    stream.end('met', '');
    expect(linesOf(stream).map(([kind]) => kind)).toEqual(['log', 'end']);
    expect(linesOf(stream).at(-1)?.[1]).toMatchObject({ outcome: 'aborted' });
    expect(linesOf(stream).at(-1)?.[1].reason).toContain('ENOSPC');
    expect(reasons).toEqual(['the journal cannot be written: ENOSPC: no space left on device, write']);
    stream.close();
  });

  it('never outgrows the room of its last line', () => {
    const stream = open();
    stream.end('aborted', 'ö"\\'.repeat(500));
    expect(readFileSync(stream.file).length).toBe(512);
    expect(linesOf(stream)).toHaveLength(1);
    stream.close();
  });
});

describe('the journal as one document', () => {
  it('has the API calls that are only in the stream', async () => {
    const stream = open();
    const calls = [{ operation: 'GetItem' }, { operation: 'Promote' }];
    for (const call of calls) stream.write('apiCall', call, atMs);
    stream.end('met', '');
    const file = join(folder(), 'journal.json');
    await writeJournal(file, sampleJournal(), stream);
    const { records, ...rest } = JSON.parse(JSON.stringify(sampleJournal()));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ...rest, records: { ...records, apiCalls: calls } });
    stream.close();
  });

  it('needs no stream', async () => {
    const file = join(folder(), 'journal.json');
    await writeJournal(file, sampleJournal());
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(sampleJournal())));
  });
});
