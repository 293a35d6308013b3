import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { printable } from '../../functions/runtime/printable.ts';
import { type DeploymentConfig, parseDeployment } from './config.ts';
import { ConfigurationError } from './config-issues.ts';

/** What went wrong in a module, and in which of its lines: the stack of a syntax error begins with it. */
const loadProblem = (error: unknown): string => {
  if (!(error instanceof Error)) return `cannot be loaded: it throws ${JSON.stringify(error)}`;
  const place = /(?:file:\/\/)?(\/[^\s()]+:\d+)/.exec(error.stack ?? '')?.[1];
  return `cannot be loaded: ${error.name}: ${printable(error.message)}${place === undefined ? '' : ` (${place})`}`;
};

/**
 * Loads a team's configuration from its file.
 *
 * @throws ConfigurationError for no file, for one that is no module or throws, and as `parseDeployment`
 */
export const loadDeployment = async (path: string): Promise<DeploymentConfig> => {
  const file = resolve(path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new ConfigurationError(path, [
      'there is no such file: copy infra/config.example.ts to it and enter your pairs',
    ]);
  }
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw new ConfigurationError(path, [loadProblem(error)]);
  });
  return parseDeployment(module.default, path);
};
