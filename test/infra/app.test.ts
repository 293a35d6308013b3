import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'mq-dr-app-'));

interface Failure {
  readonly code: number;
  readonly stderr: string;
}

/** Runs the app as the CDK CLI does, and hands back how it failed. */
const synthesise = async (config: string): Promise<Failure | 'done'> => {
  const env = { ...process.env, CDK_OUTDIR: join(folder, 'out') };
  return await run(process.execPath, ['infra/app.ts', '--config', config], { cwd: root, env }).then(
    () => 'done' as const,
    (error: Failure) => ({ code: error.code, stderr: error.stderr }),
  );
};

const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('the app', () => {
  it('says where to begin when there is no configuration', async () => {
    expect(await synthesise(join(folder, 'none.config.ts'))).toEqual({
      code: 1,
      stderr: expect.stringContaining('there is no such file: copy infra/config.example.ts to it'),
    });
  });

  it('refuses a configuration with its problems and nothing else, and writes no template', async () => {
    const file = written('wrong.config.ts', 'export default { pairs: [], notifications: { page: [] } };\n');
    const failure = await synthesise(file);
    expect(failure).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^\S+wrong\.config\.ts was refused:\n {2}notifications\.page: /),
    });
    expect(failure).not.toEqual(expect.objectContaining({ stderr: expect.stringContaining('    at ') }));
    expect(readdirSync(folder)).not.toContain('out');
  });

  it('refuses a file that exports nothing', async () => {
    expect(await synthesise(written('empty.config.ts', 'export const pairs = [];\n'))).toEqual({
      code: 1,
      stderr: expect.stringContaining('configuration: found nothing'),
    });
  });
});
