import { parseArgs } from 'node:util';
import { functions } from './catalogue.ts';
import { ConfigurationError } from './config/config-issues.ts';
import { loadDeployment } from './config/load-deployment.ts';
import { Bundles } from './constructs/bundles.ts';
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
