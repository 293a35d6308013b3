import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineDocument, unshownClaims } from '../../../../simulator/engine/conformance/engine-document.ts';
import { loadVectors } from '../../../../simulator/engine/conformance/load-vectors.ts';
import { deviationsOf } from '../../../../simulator/engine/conformance/run-vector.ts';
import { type Vector, vectorGroup } from '../../../../simulator/engine/conformance/vector.ts';

const groups = loadVectors();

describe.each(groups.map((group) => [group.title, group.vectors] as const))('%s', (_title, vectors) => {
  it.each(vectors.map((vector) => [vector.claim, vector] as const))('%s', async (_claim, vector) => {
    expect(await deviationsOf(vector)).toEqual([]);
  });
});

describe('the vectors', () => {
  it('make every claim once', () => {
    const claims = groups.flatMap(({ vectors }) => vectors.map(({ claim }) => claim));
    expect(claims.filter((claim, index) => claims.indexOf(claim) !== index)).toEqual([]);
  });

  it('show everything that the code of the engine takes or refuses by name', () => {
    expect(unshownClaims(groups)).toEqual([]);
  });

  it('leave nothing unshown unnoticed', () => {
    expect(unshownClaims(groups.filter(({ title }) => title !== 'Wait'))).toEqual(['Fields of Wait: Wait.Assign']);
    expect(unshownClaims(groups.filter(({ title }) => title !== 'JSONata functions'))).toContain(
      'JSONata functions: $uuid',
    );
    expect(unshownClaims(groups.filter(({ title }) => title !== 'Refused definitions'))).toContain(
      'Fields of JSONPath: ResultPath',
    );
  });

  it('are what docs/engine.md says; `npm run docs:engine` writes it', () => {
    const path = resolve(import.meta.dirname, '../../../../docs/engine.md');
    expect(readFileSync(path, 'utf8')).toBe(engineDocument(groups));
  });
});

const waits: Vector = {
  claim: 'waits',
  source: 'engine',
  state: { Type: 'Wait', Seconds: 3, Output: { a: [1] }, End: true },
  expect: { status: 'SUCCEEDED' },
};

describe('a vector that does not hold', () => {
  it.each<[string, NonNullable<Vector['expect']>, string]>([
    ['another status', { status: 'FAILED' }, 'status: expected "FAILED", got "SUCCEEDED"'],
    ['an error', { status: 'FAILED', error: 'E' }, 'error: expected "E", got nothing'],
    ['another output', { status: 'SUCCEEDED', output: { a: 1 } }, 'output: expected {"a":1}, got {"a":[1]}'],
    ['another time', { status: 'SUCCEEDED', durationSeconds: 4 }, 'durationSeconds: expected 4, got 3'],
    [
      'another history',
      { status: 'SUCCEEDED', history: ['ExecutionStarted'] },
      'history: expected ["ExecutionStarted"]',
    ],
    ['a call', { status: 'SUCCEEDED', callsAtSeconds: { Only: [0] } }, 'callsAtSeconds: expected {"Only":[0]}, got {}'],
    ['a cause', { status: 'SUCCEEDED', causeMatches: 'why' }, 'cause: no match for why in undefined'],
    ['a child', { status: 'SUCCEEDED', children: { c: ['FAILED'] } }, 'children: expected {"c":["FAILED"]}, got {}'],
  ])('names what differs: %s', async (_what, wanted, deviation) => {
    expect((await deviationsOf({ ...waits, expect: wanted })).join('\n')).toContain(deviation);
  });

  it('names an event that is missing, or stands before the one that it must follow', async () => {
    const entered = { type: 'WaitStateEntered' as const, stateEnteredEventDetails: { name: 'Only' } };
    const exited = { type: 'WaitStateExited' as const };
    const deviations = async (events: NonNullable<Vector['expect']>['events']) =>
      await deviationsOf({ ...waits, expect: { status: 'SUCCEEDED', events } });
    expect(await deviations([entered, exited])).toEqual([]);
    expect((await deviations([exited, entered]))[0]).toContain('the history lacks {"type":"WaitStateEntered"');
    expect((await deviations([{ ...entered, id: 7 }]))[0]).toContain('"id":7');
  });

  it('names calls that are answered otherwise than it says', async () => {
    const steps = [{ atSeconds: 1, call: 'RedriveExecution' as const }];
    expect(await deviationsOf({ ...waits, steps })).toEqual([
      'RedriveExecution at 1 s: expected undefined, got ExecutionNotRedrivable',
    ]);
  });

  it('names a definition that is refused otherwise, or not at all', async () => {
    const { expect: _expect, ...subject } = waits;
    const refused = [{ path: 'States.Only', says: 'x' }];
    expect(await deviationsOf({ ...subject, refused })).toEqual(['the definition was accepted']);
    const [deviation] = await deviationsOf({ ...subject, state: { Type: 'Wait' }, refused });
    expect(deviation).toContain('needs exactly one of Next and End');
  });
});

describe('a file of vectors', () => {
  const problems = (vector: unknown): readonly string[] => {
    const parsed = vectorGroup.safeParse({ title: 't', vectors: [vector] });
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };

  it('has no unknown members, and every vector one subject and one outcome', () => {
    expect(problems(waits)).toEqual([]);
    expect(problems({ ...waits, sauce: 'x' })[0]).toContain('"sauce"');
    expect(problems({ ...waits, source: 'hearsay' })[0]).toContain('vectors.0.source');
    expect(problems({ ...waits, expression: '1' })[0]).toContain('needs one of definition, machine, state, expression');
    expect(problems({ ...waits, yields: 1 })[0]).toContain('needs one of expect, yields, refused');
    expect(problems({ ...waits, expect: { status: 'SUCCEEDED', history: ['WaitStateLeft'] } })[0]).toContain('history');
  });
});
