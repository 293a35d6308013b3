import { Command } from 'commander';
import { didYouMean } from '../functions/shared/nearest-name.ts';
import { benchPolicyDrift } from './policy-drift.ts';
import { benchPolling } from './polling.ts';

interface Bench {
  readonly name: string;
  readonly description: string;
  readonly run: (onProgress: (text: string) => void) => Promise<Readonly<Record<string, number>>>;
  /** The same on real programs instead of the embedded world. */
  readonly runReal?: Bench['run'];
}

/** The shortest of so many detections is the figure. */
const detections = 60;

/** As many drains as the budget is promised over. */
const drains = 200;

const benches: readonly Bench[] = [
  {
    name: 'policy-drift',
    description: 'detection of policy drift against its bare GETs, and how the simulation grows',
    run: () => benchPolicyDrift(detections),
    // Loaded only then: it comes with the harness of the real tests.
    runReal: async (onProgress) => (await import('./policy-drift-real.ts')).benchRealPolicyDrift(onProgress),
  },
  {
    name: 'polling',
    description: 'history events of a day-long drain, and how soon the end of a drain is noticed',
    run: async (onProgress) => ({
      ...(await benchPolling(drains, (done, of) => onProgress(`drain ${done} of ${of}`))),
    }),
  },
];

const program = new Command('bench')
  .description('Measure what the project promises, in the embedded world, as figures and ratios within one run.')
  .argument('<name>', `bench to run (${benches.map((bench) => bench.name).join(', ')}), or "list"`)
  .option('--real', 'on real programs instead of the embedded world (policy-drift: RabbitMQ)', false)
  .option('--json', 'print one JSON object and nothing else on standard output', false)
  .showHelpAfterError()
  .action(async (name: string, options: { readonly json: boolean; readonly real: boolean }) => {
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
      program.error(`error: bench "${name}" has no --real: it measures the embedded world alone`, { exitCode: 1 });
      return;
    }
    const figures = await run((text) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
    const lines = Object.entries(figures).map(([figure, value]) => `${figure.padEnd(34)}${value}`);
    console.log(options.json ? JSON.stringify(figures) : lines.join('\n'));
  });

await program.parseAsync();
