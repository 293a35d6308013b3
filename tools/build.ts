import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Compiles what other projects import from the package into dist/, as JavaScript with declarations: Node strips no types
 * below node_modules. Everything else runs from the sources.
 */
const root = resolve(import.meta.dirname, '..');

rmSync(resolve(root, 'dist'), { recursive: true, force: true });
const { status } = spawnSync(resolve(root, 'node_modules/.bin/tsc'), ['-p', resolve(root, 'tsconfig.build.json')], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
