import { Command, InvalidArgumentError } from 'commander';
import { parseCommand } from '../../cli/parse-command.ts';
import { packageVersion } from '../../infra/package-version.ts';

/** What a person wants served. */
export interface ServeRequest {
  readonly scenario: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Virtual seconds for each second of wall time. */
  readonly speed: number;
  readonly seed: number | undefined;
  readonly json: boolean;
}

const within = (what: string, least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`${what} is a whole number from ${least} to ${most}.`);
};

/** Beyond an hour a second, a look every 5 s would miss whole promotions. */
const fastest = 3_600;

const examples = `
Examples:
  $ npm run gameday:serve                                      a healthy pair, in real time
  $ npm run gameday:serve -- --scenario first-switchover --speed 60
  $ npm run -s gameday:serve -- --json --port 4567             one JSON object, then it serves
`;

/**
 * Parses the arguments after the script's name.
 *
 * @throws UsageError with what commander has to say, also for --help
 */
export const parseServeArguments = (argv: readonly string[]): ServeRequest => {
  const command = new Command('gameday:serve')
    .description("Serve the test bed of a scenario over HTTP on loopback, so that AWS's clients and mq-dr can use it.")
    .option('--scenario <name|path>', 'scenario whose pairs are served; its method is not played', 'healthy-idle')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', within('A port', 0, 65_535), 0)
    .option('--speed <factor>', 'virtual seconds per second', within('A speed', 1, fastest), 1)
    .option('--seed <n>', "seed of everything random (default: the scenario's own)", within('A seed', 0, 4_294_967_295))
    .version(packageVersion)
    .option('--json', 'print one JSON object when it serves, and nothing else', false)
    .addHelpText('after', examples);
  const options = parseCommand<Omit<ServeRequest, 'seed'> & { seed?: number }>(command, argv);
  return { ...options, seed: options.seed };
};
