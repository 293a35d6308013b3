import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../../..');

const cost = (...args: readonly string[]): Promise<{ readonly stdout: string }> =>
  run(join(root, 'node_modules/.bin/node'), [join(root, 'tools/cost/cli.ts'), ...args], { cwd: root });

describe('npm run cost', () => {
  it('explains itself', async () => {
    expect((await cost('--help')).stdout).toContain('npm run -s cost -- --json');
  });

  it.each([
    [['--jsno'], "unknown option '--jsno'"],
    [['orders'], 'too many arguments'],
    [['--pair', 'order'], 'has no pair "order" (did you mean "orders"?)'],
    [['--config', 'none.config.ts'], 'there is no such file'],
  ])('refuses %j', async (args, message) => {
    await expect(cost(...args)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
      stdout: '',
    });
  });
});
