import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedTestbed, serveScenario } from '../../../gameday/experiment/serve.ts';
import { parseServeArguments } from '../../../gameday/experiment/serve-options.ts';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

interface ProcessEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a failing one is an answer, too. */
const end = async (file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<ProcessEnd> => {
  try {
    return { exitCode: 0, ...(await run(file, [...args], { cwd: root, env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
};

const noProfile = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nowhere',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
};
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, ...noProfile };

describe('mq-dr as a process, against a served testbed', () => {
  let served: ServedTestbed;

  beforeAll(async () => {
    const request = parseServeArguments(['--scenario', 'healthy-idle', '--speed', '600']);
    // Far from the wall clock, so that the tool must believe the service's.
    served = await serveScenario(request, Date.UTC(2026, 0, 5, 9));
    await served.endpoint.served.advanceMs(600_000);
  });

  afterAll(async () => {
    await served.testbed.close();
  });

  const mqDr = async (...args: readonly string[]): Promise<ProcessEnd> =>
    await end(join(root, 'node_modules/.bin/node'), [join(root, 'cli/mq-dr.ts'), ...args], {
      ...environment,
      ...served.environment,
    });

  it('freezes, shows it, and unfreezes', async () => {
    const frozen = await mqDr('freeze', '--pair', 'billing', '--reason', 'network work', '--as', 'ann', '--yes');
    expect(frozen).toMatchObject({ exitCode: 0, stderr: '' });
    expect(frozen.stdout).toMatch(/^billing is frozen, by ann at 2026-01-05T\S+: network work\.\n/);
    const shown = await mqDr('status', '--pair', 'billing', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ control: { pairs: [{ freeze: { reason: 'network work' } }] } });
    const refused = await mqDr('unfreeze', '--pair', 'billing', '--reason', 'over');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('add --yes');
    expect(await mqDr('unfreeze', '--pair', 'billing', '--reason', 'over', '--yes')).toMatchObject({ exitCode: 0 });
  });

  it('starts a dry run of a switchover and follows it', async () => {
    const line = ['start', 'switchover', '--pair', 'billing', '--target-region', 'us-west-2', '--reason', 'try'];
    const followed = await mqDr(...line, '--dry-run', '--watch', '--poll-seconds', '1');
    expect(followed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(followed.stdout).toContain('AssessSwitchover');
    expect(followed.stdout).toContain('would call mq:Promote in us-west-2');
  });

  it('answers an approval once, and says so', async () => {
    const answer = async (verb: string) => await mqDr(verb, 'a1b2c3d4e5f6', '--pair', 'billing', '--as', 'ann');
    const approval = {
      pair: 'billing',
      approvalId: 'a1b2c3d4e5f6',
      question: 'Reboot?',
      status: 'open',
      expiresAtMs: served.testbed.clock.nowMs() + 86_400_000,
      executionArn: 'arn:run',
    } as const;
    await served.endpoint.served.submit('asks', async () => {
      const { records } = served.testbed.operator;
      await records.openApproval(approval);
      await records.openApproval({ ...approval, approvalId: 'late', expiresAtMs: served.testbed.clock.nowMs() });
    });
    expect(await answer('approve')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await answer('deny')).toMatchObject({
      exitCode: 2,
      stderr:
        'Refused: approval a1b2c3d4e5f6 was already approved, by ann; an approval is answered only once. Nothing was changed.\n',
    });
    const late = await mqDr('approve', 'late', '--pair', 'billing');
    expect(late.exitCode).toBe(2);
    expect(late.stderr).toContain('approval late expired at 2026-01-05T');
  });

  it('has nothing to acknowledge before a promotion', async () => {
    expect(await mqDr('ack', '--pair', 'billing')).toMatchObject({ exitCode: 2 });
  });
});

describe('mq-dr as a process, without AWS', () => {
  const node = join(root, 'node_modules/.bin/node');
  const script = join(root, 'cli/mq-dr.ts');

  it.each([
    ['a Region', {}, 'no Region is set: give --region, or set AWS_REGION'],
    ['credentials', { AWS_REGION: 'us-east-1' }, 'no AWS credentials were found: set AWS_PROFILE'],
    [
      'an endpoint that answers',
      {
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'k',
        AWS_SECRET_ACCESS_KEY: 's',
        // Nobody listens on the discard port.
        AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
      },
      'check the network, the Region and AWS_ENDPOINT_URL',
    ],
  ])('says what to do without %s', async (_what, env, message) => {
    const failed = await end(node, [script, 'ack', '--pair', 'orders'], { ...environment, ...env });
    expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
    expect(failed.stderr).toContain(message);
    expect(failed.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('runs as npx mq-dr, on the Node of the clone', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'mq-dr-npx-'));
    try {
      // Offline: the command must come from this folder, not from a registry.
      const env = { ...environment, npm_config_cache: cache, npm_config_offline: 'true' };
      const shown = await end('npx', ['mq-dr', 'start', '--help'], env);
      expect(shown.stdout).toContain('Usage: mq-dr start');
      expect(shown.exitCode).toBe(0);
    } finally {
      await rm(cache, { recursive: true });
    }
  });
});
