import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { functions } from '../../infra/catalogue.ts';
import { parseDeployment } from '../../infra/config/config.ts';
import exampleConfig from '../../infra/config.example.ts';
import { Bundles, unreachableCredentials } from '../../infra/constructs/bundles.ts';
import { environmentOf } from '../../infra/function-environment.ts';
import { compareBundles } from '../../tools/bench/bundles/compare-bundles.ts';
import { exceededLimits } from '../../tools/bench/bundles/limits.ts';

const run = promisify(execFile);
const bundles = await Bundles.of(functions.map(({ entry }) => entry));

const { pairSettings, clusterSettings } = parseDeployment(exampleConfig);
const folder = mkdtempSync(join(tmpdir(), 'mq-dr-bare-'));

/** A settings file, as the layer brings it. */
const settingsFile = (name: string, value: unknown): string => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(value));
  return pathToFileURL(file).href;
};

const values = {
  PAIRS: settingsFile('pairs', pairSettings),
  CLUSTERS: settingsFile('clusters', clusterSettings),
  CONTROL_TABLE: 'mq-dr-control',
  CONTROL_REGION: 'us-east-1',
  LEDGER_TABLE: 'mq-dr-processed-messages',
  REPORT_BUCKET: 'mq-dr-reports-111122223333-us-east-1',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:mq-dr',
  MACHINES: '{}',
};

/** Loads a bundle as Lambda would, with nothing around it, and calls it with an event that no function knows. */
const script = `
const { handler } = await import(process.argv[1]);
try {
  console.log(JSON.stringify({ answer: await handler(JSON.parse(process.argv[2]), { awsRequestId: 'test' }) }));
} catch (error) {
  console.log(JSON.stringify({ error: error.name, message: error.message }));
}
`;

const call = async (name: string, event: unknown, environment: Readonly<Record<string, string>>): Promise<unknown> => {
  const { entry } = functions.find((spec) => spec.name === name) ?? { entry: '' };
  const bundle = pathToFileURL(bundles.fileOf(entry)).href;
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', script, bundle, JSON.stringify(event)],
    { cwd: folder, env: { AWS_REGION: 'us-east-1', ...environment } },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
};

describe('the bundles in a bare Node process', () => {
  it.concurrent.each(functions)('$name loads, has its environment, and refuses bad input by name', async (spec) => {
    const event = { nonsense: true };
    expect(await call(spec.name, event, environmentOf(spec, values))).toMatchObject({
      error: 'InvalidInput',
      message: expect.stringContaining(spec.name.startsWith('receive-') ? 'the event' : spec.name),
    });
  });

  it('says which settings file is missing', async () => {
    const environment = { ...values, PAIRS: 'file:///nowhere/pairs.json' };
    expect(await call('list-pairs', {}, environment)).toMatchObject({
      error: 'InvalidConfiguration',
      message: expect.stringContaining('PAIRS: cannot be read'),
    });
  });

  it('bundle nothing that was not asked for', () => {
    expect(() => bundles.folderOf('functions/replica/none.handler.ts')).toThrow('was not bundled');
  });
});

describe('the size of the bundles', async () => {
  const compared = await compareBundles(functions, bundles, mkdtempSync(join(tmpdir(), 'mq-dr-bare-handlers-')));

  it.each(compared)('$function has $kib KiB, which is within its limits', ({ function: name, kib, amqp, bare }) => {
    // How long imports take is for `npm run bench -- bundles`: tests run on whatever machine, all at once.
    const measured = { function: name, kib, sizeRatio: bare?.sizeRatio ?? null, coldRatio: null };
    expect(exceededLimits(measured, amqp)).toEqual([]);
  });

  it('is without schemas of operations that nobody calls', () => {
    const { entry } = functions.find(({ name }) => name === 'assess-reconcile') ?? { entry: '' };
    expect(readFileSync(bundles.fileOf(entry), 'utf8')).not.toContain('PutBucketLifecycleConfiguration');
  });

  it('loads no source of credentials but the one that Lambda has when it starts', () => {
    const loaded = Object.values(bundles.metafile.outputs).flatMap(({ imports }) => imports);
    const external = loaded.filter(({ path }) => unreachableCredentials.some((name) => path === name));
    expect(external.length).toBeGreaterThan(0);
    expect(external.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
  });

  it('leaves out event streams, and the cache of endpoints that nobody looks up', () => {
    const { outputs } = bundles.metafile;
    const loaded = Object.values(outputs).flatMap(({ imports }) => imports);
    const streams = loaded.filter(({ path }) => path === '@smithy/core/event-streams');
    expect(new Set(streams.map(({ kind }) => kind))).toEqual(new Set(['dynamic-import']));
    const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
    expect(inputs.filter((path) => path.includes('mnemonist'))).toEqual([]);
  });
});
