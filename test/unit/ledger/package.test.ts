import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PackedProject } from '../../support/packed-package.ts';

let project: PackedProject;

/** What the library may need at run time, and what else its users have. */
const needed = ['@aws-sdk/client-dynamodb', 'fastest-levenshtein'];
const users = ['@middy/core', '@types/aws-lambda', '@types/node', 'rhea'];

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
  project = new PackedProject();
  for (const name of needed) project.link(name);
}, 120_000);

afterAll(() => project.remove());

describe('the package', () => {
  it('gives a plain Node project the ledger, which needs nothing but the SDK’s client and a name matcher', () => {
    project.write(
      'main.js',
      `import { createLedger } from 'mq-dr/ledger';
       const ledger = createLedger({ pair: 'p', region: 'a', otherRegion: 'b', table: 't', consumer: 'c', owner: 'o' });
       console.log(ledger.settings.owner);
       try { createLedger({ pare: 1 }); } catch (error) { console.log(error.name); }`,
    );
    expect(project.run(process.execPath, ['main.js']).trim().split('\n')).toEqual(['o', 'InvalidConfiguration']);
  });

  it('gives nothing else away', () => {
    project.write('deep.js', "await import('mq-dr/dist/shared/errors.js');");
    expect(() => project.run(process.execPath, ['deep.js'])).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ])('has types for programs of module %s, resolved as by %s', (module, moduleResolution) => {
    for (const name of users) project.link(name);
    project.write('program.ts', program);
    try {
      expect(project.typecheck(['program.ts'], { module, moduleResolution })).toBe('');
    } finally {
      for (const name of users) project.unlink(name);
    }
  });

  it('adds less than 40 KiB to a function that has the SDK’s client already', async () => {
    project.write('bundled.js', "export * from 'mq-dr/ledger';");
    const { metafile } = await build({
      entryPoints: [join(project.folder, 'bundled.js')],
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
