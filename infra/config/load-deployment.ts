import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DeploymentConfig, parseDeployment } from './config.ts';
import { ConfigurationError } from './config-issues.ts';

/** Loads a team's configuration from its file. @throws ConfigurationError for no file, and as `parseDeployment` */
export const loadDeployment = async (path: string): Promise<DeploymentConfig> => {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new ConfigurationError(path, [
      'there is no such file: copy infra/config.example.ts to it and enter your pairs',
    ]);
  }
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href);
  return parseDeployment(module.default, path);
};
