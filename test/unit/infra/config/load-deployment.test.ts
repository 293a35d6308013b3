import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDeployment } from '../../../../infra/config/load-deployment.ts';

const folder = mkdtempSync(join(tmpdir(), 'mq-dr-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('loadDeployment', () => {
  it.each([
    ['throws.config.ts', '\nthrow new RangeError("no pairs today");', /cannot be loaded: RangeError: no pairs today/],
    ['half.config.ts', 'export default {', /cannot be loaded: \w*Error/],
    ['text.config.ts', 'throw "as it is";', /it throws "as it is"/],
    ['empty.config.ts', '', /found nothing/],
  ])('refuses %s in one sentence', async (name, text, problem) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const error = await loadDeployment(file).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ConfigurationError', message: expect.stringMatching(problem) });
    expect((error as Error).message.split('\n').length).toBe(2);
  });

  it.each([folder, join(folder, 'none.config.ts')])('refuses what is no file: %s', async (path) => {
    await expect(loadDeployment(path)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('there is no such file'),
    });
  });
});
