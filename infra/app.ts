import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { parseDeployment } from './config.ts';
import { ConfigurationError } from './config-issues.ts';
import { Bundles } from './constructs/bundles.ts';
import { functions } from './deployment.ts';
import { MqDrApp } from './mq-dr-app.ts';

/** The CDK CLI says where it wants the templates. */
const outdir = process.env.CDK_OUTDIR ?? 'cdk.out';

const loadConfig = async (path: string) => {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new ConfigurationError(path, [
      'there is no such file: copy infra/config.example.ts to it and put in your own',
    ]);
  }
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href);
  return parseDeployment(module.default, path);
};

try {
  const { values } = parseArgs({ options: { config: { type: 'string', default: 'mq-dr.config.ts' } } });
  const config = await loadConfig(values.config);
  new MqDrApp({ config, code: await Bundles.of(functions.map(({ entry }) => entry)), outdir }).synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
