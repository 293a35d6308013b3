import { Command, CommanderError } from 'commander';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';
import { ConfigurationError } from '../../infra/config/config-issues.ts';
import { loadDeployment } from '../../infra/config/load-deployment.ts';
import { packageVersion } from '../../infra/package-version.ts';
import { costLines } from './cost-lines.ts';
import { costReport } from './cost-report.ts';

const examples = `
Examples:
  $ npm run -s cost                                   the example's pair, as a table
  $ npm run -s cost -- --json
  $ npm run -s cost -- --config mq-dr.config.ts --pair orders
`;

const program = new Command('cost')
  .description('What mq-dr costs: each month, and for one run of each workflow, counted in rehearsals.')
  .option('--config <file>', 'configuration of the deployment', 'infra/config.example.ts')
  .option('--pair <name>', 'pair whose month is counted (default: the first one)')
  .option('--json', 'print one JSON object and nothing else on standard output', false)
  .addHelpText('after', examples)
  .version(packageVersion)
  .showHelpAfterError()
  .allowExcessArguments(false)
  .exitOverride();

interface Options {
  readonly config: string;
  readonly pair?: string;
  readonly json: boolean;
}

const run = async ({ config: file, pair: asked, json }: Options): Promise<void> => {
  const config = await loadDeployment(file);
  const names = config.pairs.map(({ name }) => name);
  const pair = asked === undefined ? config.pairs[0] : config.pairs.find(({ name }) => name === asked);
  if (pair === undefined) {
    const problem = asked === undefined ? 'has no pair, so there is no month to count' : `has no pair "${asked}"`;
    throw new ConfigurationError(file, [`${problem}${asked === undefined ? '' : didYouMean(asked, names)}`]);
  }
  const report = await costReport(config, pair, (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  process.stdout.write(`${json ? JSON.stringify(report) : costLines(report).join('\n')}\n`);
};

try {
  program.parse();
  await run(program.opts<Options>());
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else throw error;
}
