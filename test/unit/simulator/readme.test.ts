import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { faultKinds } from '../../../simulator/world/fault-schema.ts';

const folder = resolve(import.meta.dirname, '../../../simulator');
const readme = readFileSync(resolve(folder, 'README.md'), 'utf8');

/** Every program of the page with what the page says that it prints. */
const examples = [...readme.matchAll(/^```ts\n(.*?)^```\n\n```text\n(.*?)^```$/gms)].map(
  ([, code = '', output = '']) => ({
    code,
    output,
  }),
);

const run = promisify(execFile);

describe('simulator/README.md', () => {
  it('has examples, each with its output', () => {
    expect(examples.length).toBe([...readme.matchAll(/^```ts$/gm)].length);
    expect(examples.length).toBeGreaterThan(1);
  });

  it.each(examples)('prints what it says, example %#', async ({ code, output }) => {
    const program = ['--input-type=module-typescript', '--eval', code];
    const { stdout } = await run(process.execPath, program, { cwd: folder });
    expect(stdout).toBe(output);
  });

  it('names every kind of fault', () => {
    const named = [...readme.slice(readme.indexOf('## Faults')).matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
    expect(faultKinds.filter((kind) => !named.includes(kind))).toEqual([]);
  });
});
