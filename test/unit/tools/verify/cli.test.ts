import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedTestbed, serveScenario } from '../../../../gameday/experiment/serve.ts';
import type { Recording } from '../../../../tools/verify/recording.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'mq-dr-verify-'));

const verify = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  run(join(root, 'node_modules/.bin/node'), [join(root, 'tools/verify/cli.ts'), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
  });

describe('npm run verify:aws against a served pair', () => {
  let served: ServedTestbed;
  const calls: string[] = [];
  beforeAll(async () => {
    const request = { scenario: 'healthy-idle', port: 0, speed: 1, seed: 1, json: false };
    served = await serveScenario(request, Date.now());
    served.testbed.observe({ apiCall: ({ operation }) => calls.push(operation) });
  });
  afterAll(() => served.testbed.close());

  it('reads, prints what it saw, and leaves a recording that the simulator agrees with', async () => {
    const { billing } = served.references.pairs;
    if (billing === undefined) throw new TypeError('the scenario has the pair billing');
    const out = join(folder, 'billing.json');
    const { stdout } = await verify(['--pair', billing.replica.arn ?? '', '--out', out, '--json'], served.environment);
    const printed = JSON.parse(stdout) as { observations: { id: string; seen: string }[]; withheld: { id: string }[] };
    expect(printed.observations.find(({ id }) => id === '15.1')?.seen).toBe('"PRIMARY" and "REPLICA"');
    expect(printed.withheld).toEqual([
      { id: '15.3', wouldDo: expect.stringContaining('Promote SWITCHOVER on the primary') },
      { id: '15.16', wouldDo: expect.stringContaining('RebootBroker on the replica') },
    ]);
    expect([...new Set(calls)].toSorted()).toEqual(['DescribeBroker', 'GetMetricData', 'ListBrokers', 'ListMetrics']);
    const text = readFileSync(out, 'utf8');
    for (const secret of ['123456789012', billing.replica.brokerId, 'billing', 'embedded-']) {
      expect(text).not.toContain(secret);
    }
    expect((JSON.parse(text) as Recording).regions).toEqual({ primary: 'us-east-1', replica: 'us-west-2' });
    const compared = await verify(['--compare', out]);
    expect(compared.stdout).toBe('The simulator answers these calls as the service did.\n');
    await expect(verify(['--pair', billing.replica.arn ?? '', '--out', out], served.environment)).rejects.toMatchObject(
      {
        stderr: expect.stringContaining('EEXIST'),
      },
    );
  });

  it('says so when it may not ask', async () => {
    const arn = 'arn:aws:mq:us-east-1:123456789012:broker:none:b-00000000-0000-4000-8000-000000000009';
    await expect(verify(['--pair', arn], served.environment)).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^NotFound: mq:DescribeBroker for the primary in us-east-1 found nothing .*\n$/),
    });
  });
});

describe('npm run verify:aws', () => {
  it.each([
    ['credentials', {}, 'no AWS credentials were found: set AWS_PROFILE'],
    [
      'a way to AWS',
      // Nobody listens on the discard port.
      { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      'check the network',
    ],
  ])('says in one line what to do without %s', async (_what, environment, message) => {
    const arn = 'arn:aws:mq:us-east-1:123456789012:broker:none:b-00000000-0000-4000-8000-000000000009';
    const nowhere = { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/no', AWS_SHARED_CREDENTIALS_FILE: '/no' };
    await expect(verify(['--pair', arn], { ...nowhere, ...environment })).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^ServiceUnavailable: [^\n]*${message}[^\n]*\n$`)),
    });
  });

  it('explains itself', async () => {
    const { stdout } = await verify(['--help']);
    expect(stdout).toContain('--allow-writes <question...>');
    expect(stdout).toContain('writes nothing to AWS unless');
  });

  writeFileSync(join(folder, 'text.json'), 'no JSON');
  writeFileSync(join(folder, 'other.json'), '{"version":2}');
  it.each([
    [[], 'give either --pair'],
    [['--pair', 'orders', '--compare', 'x'], 'give either --pair'],
    [['--compare', 'x.json', '--allow-writes', '15.3'], 'leave --allow-writes out'],
    [['--pair', 'orders'], 'there is no such file'],
    [['--pair', 'order', '--config', join(root, 'infra/config.example.ts')], 'did you mean "orders"?'],
    [['--pair', 'arn:aws:s3:::bucket'], 'is no ARN of a broker'],
    [['--pair', 'orders', '--allow-writes', '15.4'], 'Writes answer 15.3 and 15.16 alone'],
    [['--pair', 'orders', '--allow-writes'], 'argument missing'],
    [['--pair', 'orders', '--dry'], "unknown option '--dry'"],
    [['--compare', 'none.json'], 'ENOENT'],
    [['--compare', 'text.json'], 'text.json is not JSON'],
    [['--compare', 'other.json'], 'other.json is no recording of this version'],
  ])('refuses %j', async (args, message) => {
    await expect(verify(args)).rejects.toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
  });
});
