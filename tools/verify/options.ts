import { Command, InvalidArgumentError, Option } from 'commander';
import { parseCommand } from '../../cli/parse-command.ts';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';
import { packageVersion } from '../../infra/package-version.ts';
import { isWrittenQuestion, type WrittenQuestion, writtenQuestions } from './questions.ts';
import { VerifyError } from './verify-error.ts';

/** What a person asked for. */
export interface VerifyOptions {
  /** Name of a configured pair, or the ARN of one of its brokers. */
  readonly pair?: string;
  readonly config: string;
  readonly consoleSecret?: string;
  readonly allowWrites: readonly WrittenQuestion[];
  readonly out?: string;
  readonly compare?: string;
  readonly json: boolean;
}

const writtenQuestion = (id: string, earlier: readonly WrittenQuestion[] = []): readonly WrittenQuestion[] => {
  if (isWrittenQuestion(id)) return [...earlier, id];
  const near = didYouMean(id, writtenQuestions);
  throw new InvalidArgumentError(`Writes answer ${writtenQuestions.join(' and ')} alone${near}.`);
};

const examples = `
It reads, and writes nothing to AWS unless --allow-writes names a question: 15.3 asks the primary to be promoted, which
should be refused; 15.16 reboots a replica whose state reads REPLICA. Only on a test pair. docs/verify-aws.md says more.

Examples:
  $ npm run -s verify:aws -- --pair orders --config mq-dr.config.ts
  $ npm run -s verify:aws -- --pair arn:aws:mq:us-east-1:111122223333:broker:orders:b-…
  $ npm run -s verify:aws -- --compare verify-orders.json      no AWS: what does the simulator do otherwise?
`;

/**
 * Parses the arguments after the script's name.
 *
 * @throws UsageError, also for --help; VerifyError for what does not go together
 */
export const parseVerifyArguments = (argv: readonly string[]): VerifyOptions => {
  const command = new Command('verify:aws')
    .description('Look at a pair in a real account: what was assumed of Amazon MQ, and what is there.')
    .version(packageVersion)
    .option('--pair <name|arn>', 'pair of the configuration, or the ARN of one of its brokers')
    .option('--config <file>', 'configuration of the deployment', 'mq-dr.config.ts')
    .option('--console-secret <arn>', 'secret of a user with console access, to ask for Jolokia')
    .addOption(
      new Option('--allow-writes <question...>', 'questions whose write may be sent').argParser(writtenQuestion),
    )
    .option('--out <file>', 'new file for the recording (default: verify-<pair>-<time>.json)')
    .option('--compare <recording>', 'hold the simulator against a recording; asks nothing of AWS')
    .option('--json', 'print one JSON object and nothing else on standard output', false)
    .addHelpText('after', examples);
  const { allowWrites = [], ...options } = parseCommand<
    Omit<VerifyOptions, 'allowWrites'> & Partial<Pick<VerifyOptions, 'allowWrites'>>
  >(command, argv);
  if ((options.pair === undefined) === (options.compare === undefined)) {
    throw new VerifyError('give either --pair, to look at AWS, or --compare, to look at the simulator; see --help');
  }
  if (options.compare !== undefined && allowWrites.length > 0) {
    throw new VerifyError('--compare repeats the writes that the recording has; leave --allow-writes out');
  }
  return { ...options, allowWrites };
};
