import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const rootAbove = (folder: string): string => {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('mq-dr is not installed as a package: no folder above it has a package.json');
  return rootAbove(parent);
};

/**
 * The repository's root, or that of the installed package, where these modules are compiled and lie deeper: definitions
 * and the sources of functions stand below it.
 */
export const projectRoot = rootAbove(import.meta.dirname);
