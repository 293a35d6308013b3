import { Command, InvalidArgumentError, Option } from 'commander';
import { parseCommand, UsageError } from '../../cli/parse-command.ts';
import { packageVersion } from '../../infra/package-version.ts';

/** What a person asked for on the command line. */
export interface GameDayRequest {
  readonly scenario: string;
  /** Overrides the scenario's own seed. */
  readonly seed: number | undefined;
  readonly json: boolean;
  readonly list: boolean;
  readonly out: string;
  readonly quiet: boolean;
  readonly color: boolean;
  /** Virtual seconds per second of wall time, at most; undefined lets time fly. */
  readonly pace: number | undefined;
  /** Whether the pairs' consumers and workflows use their ledgers; without, a run shows what they are for. */
  readonly ledger: boolean;
}

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 4_294_967_295) {
    throw new InvalidArgumentError('A seed is a whole number from 0 to 4294967295.');
  }
  return value;
};

/** Below 1 a single step of the run would outlast the clock's watchdog; above 100,000 nothing is held back. */
const paceFactor = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 1 || value > 100_000) {
    throw new InvalidArgumentError('A pace is a number of virtual seconds per second, from 1 to 100000.');
  }
  return value;
};

const defaultScenario = 'full-story';

const examples = `
Examples:
  $ npm run gameday                                      the full story: replica, switchover, outage, failover, failback, reconciliation
  $ npm run gameday -- --scenario healthy-idle           a pair without traffic
  $ npm run gameday -- region-outage                     the same option, shorter
  $ npm run gameday -- --list                            the list
  $ npm run gameday -- --scenario my.yaml --seed 7       a scenario of your own
  $ npm run gameday -- --pace 60                         at most one virtual minute per second, to watch
  $ npm run -s gameday -- --json | jq .promotions        one JSON object, nothing else

Exit codes: 0 the hypothesis was met, 1 wrong usage or an internal error, 2 deviated, 3 interrupted or aborted.
`;

/**
 * Parses the arguments after the script's name.
 *
 * @throws UsageError with what commander has to say, also for --help
 */
export const parseArguments = (argv: readonly string[]): GameDayRequest => {
  const command = new Command('gameday')
    .description('Rehearse a disaster of Amazon MQ on this machine, in virtual time, without an AWS account.')
    .argument('[scenario]', 'as --scenario')
    .option('--scenario <name|path>', `scenario that comes with mq-dr, or a YAML file (default: "${defaultScenario}")`)
    .option('--seed <n>', "seed of everything random (default: the scenario's own)", wholeNumber)
    .option('--json', 'print one JSON object and nothing else', false)
    .option('--list', 'list the scenarios', false)
    .option('--out <dir>', 'folder for reports', 'reports')
    .option('--quiet', 'print only the final summary', false)
    .option('--without-ledger', 'take the ledgers away, to see what they are for', false)
    .version(packageVersion)
    .option('--no-color', 'print without colours (NO_COLOR does the same)')
    .addOption(new Option('--pace <factor>', 'at most this many virtual seconds per second').argParser(paceFactor))
    .addHelpText('after', examples)
    .showSuggestionAfterError(true);
  const { withoutLedger, ...options } = parseCommand<
    Omit<GameDayRequest, 'scenario' | 'seed' | 'pace' | 'ledger'> & {
      scenario?: string;
      seed?: number;
      pace?: number;
      withoutLedger: boolean;
    }
  >(command, argv);
  const [named] = command.args;
  if (named !== undefined && options.scenario !== undefined && named !== options.scenario) {
    throw new UsageError(`two scenarios are given, "${named}" and "${options.scenario}": a game day plays one`, 1);
  }
  return {
    ...options,
    scenario: named ?? options.scenario ?? defaultScenario,
    seed: options.seed,
    pace: options.pace,
    ledger: !withoutLedger,
  };
};
