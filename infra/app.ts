import { parseArgs } from 'node:util';
import { ConfigurationError } from './config-issues.ts';
import { Bundles } from './constructs/bundles.ts';
import { functions } from './deployment.ts';
import { loadDeployment } from './load-deployment.ts';
import { MqDrApp } from './mq-dr-app.ts';

/** The CDK CLI says where it wants the templates. */
const outdir = process.env.CDK_OUTDIR ?? 'cdk.out';

try {
  const { values } = parseArgs({ options: { config: { type: 'string', default: 'mq-dr.config.ts' } } });
  const config = await loadDeployment(values.config);
  new MqDrApp({ config, code: await Bundles.of(functions.map(({ entry }) => entry)), outdir }).synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
