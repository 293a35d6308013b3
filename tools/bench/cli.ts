import { Command, InvalidArgumentError } from 'commander';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';
import { packageVersion } from '../../infra/package-version.ts';
import { benchBundles } from './bundles.ts';
import { benchPolicyDrift } from './policy-drift.ts';
import { benchPolling } from './polling.ts';

/** One figure, several of one thing, or a table of them. */
type Figure = number | readonly object[] | Readonly<Record<string, number>>;

interface Bench {
  readonly name: string;
  readonly description: string;
  readonly run: (
    size: BenchSize,
    onProgress: (text: string) => void,
    /** Told what is beyond a limit that the project promises: the bench fails then, after its figures. */
    onExceeded: (text: string) => void,
  ) => Promise<Readonly<Record<string, Figure>>>;
  /** Whether the length of its queue can be chosen. */
  readonly takesMessages?: true;
  /** The same on real programs instead of the simulator. */
  readonly runReal?: Bench['run'];
}

/** How much a bench does. */
interface BenchSize {
  /** Detections, each in turn with the bare GETs. */
  readonly detections: number;
  readonly drains: number;
  /** Fresh processes that import each bundle. */
  readonly imports: number;
  /** Messages of the queue that is reconciled, and of the one that exists only while it is scanned. */
  readonly messages: number;
  readonly syntheticMessages: number;
  readonly rounds: number;
}

/** What the promises are made for: enough detections that a quarter of them is left alone on a busy host. */
const fullSize: BenchSize = {
  detections: 60,
  drains: 200,
  imports: 9,
  messages: 100_000,
  syntheticMessages: 1_000_000,
  rounds: 3,
};

/** What shows that a bench still works, and says nothing about speed. */
const smallSize: BenchSize = {
  detections: 2,
  drains: 4,
  imports: 1,
  messages: 2_000,
  syntheticMessages: 10_000,
  rounds: 1,
};

const benches: readonly Bench[] = [
  {
    name: 'bundles',
    description: 'size and import time of every function, against a bare handler with the same clients',
    run: ({ imports }, onProgress, onExceeded) => benchBundles(imports, onProgress, onExceeded),
  },
  {
    name: 'policy-drift',
    description: 'detection of policy drift against its bare GETs, and how the simulation grows',
    run: ({ detections }) => benchPolicyDrift(detections),
    // Loaded only then: it comes with the harness of the real tests.
    runReal: async (_size, onProgress) => (await import('./policy-drift-real.ts')).benchRealPolicyDrift(onProgress),
  },
  {
    name: 'polling',
    description: 'history events of a day-long drain, and how soon the end of a drain is noticed',
    run: async ({ drains }, onProgress) => ({
      ...(await benchPolling(drains, (done, of) => onProgress(`drain ${done} of ${of}`))),
    }),
  },
  {
    name: 'reconcile',
    description: 'scan and repair of a queue on real programs, against a bare drain and bare lookups; memory',
    takesMessages: true,
    // Loaded only then: it comes with the harness of the real tests.
    run: async (size, onProgress) => await (await import('./reconcile.ts')).benchReconcile(size, onProgress),
  },
];

/** @throws InvalidArgumentError for what is no length of a queue */
const parseMessages = (text: string): number => {
  const messages = Number(text);
  if (Number.isInteger(messages) && messages >= 1_000 && messages <= 1_000_000) return messages;
  throw new InvalidArgumentError('Expected a whole number from 1000 to 1000000.');
};

/** A table's rows below its columns' names, a figure beside its name. */
const linesOf = ([name, figure]: readonly [string, Figure]): readonly string[] => {
  if (typeof figure === 'number') return [`${name.padEnd(34)}${figure}`];
  if (!Array.isArray(figure)) return linesOf([name, [figure]]);
  const cells = (values: readonly unknown[]): string =>
    values.map((value, column) => String(value ?? '-').padEnd(column === 0 ? 34 : 12)).join('');
  return [cells(Object.keys(figure[0] ?? {})), ...figure.map((row) => cells(Object.values(row)))];
};

interface Options {
  readonly json: boolean;
  readonly real: boolean;
  readonly small: boolean;
  readonly messages?: number;
}

const program = new Command('bench')
  .description('Measure what the project promises, on the simulator, as figures and ratios within one run.')
  .argument('<name>', `bench to run (${benches.map((bench) => bench.name).join(', ')}), or "list"`)
  .version(packageVersion)
  .option('--real', 'on real programs instead of the simulator (policy-drift: RabbitMQ)', false)
  .option('--small', 'a trial that shows that the bench works; its times say nothing', false)
  .option('--messages <count>', 'length of the queue, for a trial (reconcile)', parseMessages)
  .option('--json', 'print one JSON object and nothing else on standard output', false)
  .showHelpAfterError()
  .action(async (name: string, options: Options) => {
    if (name === 'list') {
      const lines = benches.map((bench) => `${bench.name.padEnd(14)}${bench.description}`);
      console.log(options.json ? JSON.stringify({ benches: benches.map((bench) => bench.name) }) : lines.join('\n'));
      return;
    }
    const bench = benches.find((candidate) => candidate.name === name);
    if (bench === undefined) {
      const names = [...benches.map((candidate) => candidate.name), 'list'];
      program.error(`error: unknown bench "${name}"${didYouMean(name, names)}`, { exitCode: 1 });
      return;
    }
    const run = options.real ? bench.runReal : bench.run;
    if (run === undefined) {
      program.error(`error: bench "${name}" has no --real: there is one way to measure it`, { exitCode: 1 });
      return;
    }
    if (options.messages !== undefined && bench.takesMessages === undefined) {
      program.error(`error: bench "${name}" has no --messages: the size of what it measures is fixed`, { exitCode: 1 });
      return;
    }
    const exceeded: string[] = [];
    const onProgress = (text: string): void => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
    };
    const { messages } = options;
    const size = { ...(options.small ? smallSize : fullSize), ...(messages !== undefined && { messages }) };
    const figures = await run(size, onProgress, (text) => exceeded.push(text));
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
    console.log(options.json ? JSON.stringify(figures) : Object.entries(figures).flatMap(linesOf).join('\n'));
    for (const text of exceeded) console.error(`beyond its limit: ${text}`);
    if (exceeded.length > 0) process.exitCode = 1;
  });

await program.parseAsync();
