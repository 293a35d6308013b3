import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Compiles what other projects have of the package into dist/, since Node strips no types below node_modules: what they
 * import, as JavaScript with declarations, and the command as one file. Everything else runs from the sources.
 */
const root = resolve(import.meta.dirname, '..');

rmSync(resolve(root, 'dist'), { recursive: true, force: true });
const { status } = spawnSync(resolve(root, 'node_modules/.bin/tsc'), ['-p', resolve(root, 'tsconfig.build.json')], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

await build({
  absWorkingDir: root,
  entryPoints: ['cli/mq-dr.ts'],
  outfile: 'dist/cli/mq-dr.js',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  // What an installed package runs on: `engines` of package.json.
  target: 'node20.11',
  logLevel: 'warning',
});
