import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../../..');
const project = mkdtempSync(join(tmpdir(), 'mq-dr-ledger-'));

/** What the library may need at run time, and what else its users have. */
const needed = ['@aws-sdk/client-dynamodb', 'fastest-levenshtein'];
const users = ['@middy/core', '@types/aws-lambda', '@types/node', 'rhea'];

const run = (command: string, input: readonly string[], folder = project): string =>
  execFileSync(command, input, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const link = (name: string): void => {
  const target = join(project, 'node_modules', name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), target);
};

/** A user's program; a wrong option must be a mistake, so the types are more than `any`. */
const program = `
import middy from '@middy/core';
import type { Message } from 'rhea';
import { type AmazonMqEvent, batchLedger, createLedger, fromAmqp, ledgerMiddleware, processOnce } from 'mq-dr/ledger';

const options = { pair: 'orders', region: 'us-west-2', otherRegion: 'us-east-1', table: 'ledger', consumer: 'billing' };
const ledger = createLedger({ ...options, identity: { from: 'property', property: 'orderId' } });

export const handler = middy(async (event: AmazonMqEvent, context: object): Promise<number> => {
  for (const record of event.messages) await batchLedger(context).confirm(record);
  return event.messages.length;
}).use(ledgerMiddleware({ ledger }));

export const consume = async (messages: readonly Message[]): Promise<readonly string[]> => {
  const outcomes = await processOnce(
    ledger,
    messages.map((message) => fromAmqp(message, 'queue://orders')),
    async ({ source }) => console.log(source.body),
  );
  return outcomes.filter(({ acknowledge }) => acknowledge).map(({ status }) => status);
};

// @ts-expect-error the pair is missing
export const wrong = createLedger({ region: 'us-west-2', otherRegion: 'us-east-1', table: 'ledger', consumer: 'b' });
`;

beforeAll(() => {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', project], root)) as {
    readonly filename: string;
  }[];
  mkdirSync(join(project, 'node_modules/mq-dr'), { recursive: true });
  run('tar', ['-xzf', packed?.filename ?? '', '-C', 'node_modules/mq-dr', '--strip-components=1']);
  for (const name of needed) link(name);
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
}, 120_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the package', () => {
  it('gives a plain Node project the ledger, which needs nothing but the SDK’s client and a name matcher', () => {
    writeFileSync(
      join(project, 'main.js'),
      `import { createLedger } from 'mq-dr/ledger';
       const ledger = createLedger({ pair: 'p', region: 'a', otherRegion: 'b', table: 't', consumer: 'c', owner: 'o' });
       console.log(ledger.settings.owner);
       try { createLedger({ pare: 1 }); } catch (error) { console.log(error.name); }`,
    );
    expect(run(process.execPath, ['main.js']).trim().split('\n')).toEqual(['o', 'InvalidConfiguration']);
  });

  it('gives nothing else away', () => {
    writeFileSync(join(project, 'deep.js'), "await import('mq-dr/dist/shared/errors.js');");
    expect(() => run(process.execPath, ['deep.js'])).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ])('has types for programs of module %s, resolved as by %s', (module, moduleResolution) => {
    for (const name of users) link(name);
    writeFileSync(join(project, 'program.ts'), program);
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'ES2023',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
    };
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'] }, files: ['program.ts'] }),
    );
    try {
      expect(run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'])).toBe('');
    } finally {
      for (const name of users) rmSync(join(project, 'node_modules', name));
    }
  });

  it('adds less than 40 KiB to a function that has the SDK’s client already', async () => {
    writeFileSync(join(project, 'bundled.js'), "export * from 'mq-dr/ledger';");
    const { metafile } = await build({
      entryPoints: [join(project, 'bundled.js')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      minify: true,
      keepNames: true,
      external: ['@aws-sdk/*'],
      write: false,
      metafile: true,
    });
    const [output] = Object.values(metafile.outputs);
    expect(output?.bytes).toBeLessThan(40 * 1_024);
    expect([...new Set(output?.imports.map(({ path }) => path))].filter((path) => !path.startsWith('node:'))).toEqual([
      '@aws-sdk/client-dynamodb',
    ]);
  });
});
