import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

describe('prove as a process', { timeout: 60_000 }, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proofs-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const prove = async (...args: readonly string[]) => {
    const command = [join(root, 'proofs/cli.ts'), ...args];
    try {
      return { exitCode: 0, ...(await run(join(root, 'node_modules/.bin/node'), command, { cwd: root })) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { exitCode: code, stdout, stderr };
    }
  };

  it('prints one JSON object, and writes the results and the page', async () => {
    const { exitCode, stdout } = await prove('schedules', '--runs', '3', '--seed', '7', '--json', '--out', folder);
    expect(exitCode).toBe(0);
    const summary = JSON.parse(stdout) as Record<string, unknown>;
    expect(summary).toMatchObject({ proof: 'schedules', cases: 3, passed: 3, failed: 0, failures: [], seed: 7 });
    expect(summary.perSecond).toBeGreaterThan(0);
    const written = JSON.parse(await readFile(join(folder, 'schedules.json'), 'utf8')) as Record<string, unknown>;
    expect(written).toMatchObject(summary);
    expect(written.figures).toMatchObject({ moves: expect.any(Number), 'messages confirmed': expect.any(Number) });
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('npm run prove -- schedules');
  });

  it.each([
    [['crash', '--machine', 'failovr'], 'unknown workflow "failovr" (did you mean "failover"?)'],
    [['schedules', '--runs', '0'], 'at least 1 is needed'],
    [['schedules', '--seed', '1.5'], 'a whole number is needed'],
    [['statics'], 'Did you mean static?'],
    [['faults', '--machines', 'failover'], 'Did you mean --machine?'],
  ])('refuses %j by name', async (args, message) => {
    const { exitCode, stdout, stderr } = await prove(...args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  it('explains each proof', async () => {
    const { stdout } = await prove('--help');
    for (const proof of ['static', 'crash', 'faults', 'schedules']) expect(stdout).toContain(proof);
    expect((await prove('crash', '--help')).stdout).toContain('--machine <name>');
    expect(existsSync(join(folder, 'crash.json'))).toBe(false);
  });
});
