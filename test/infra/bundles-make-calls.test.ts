import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedTestbed, serveScenario } from '../../gameday/experiment/serve.ts';
import { functions } from '../../infra/catalogue.ts';
import { Bundles } from '../../infra/constructs/bundles.ts';
import { embeddedMetrics } from '../../simulator/world/cloudwatch/embedded-metrics.ts';

const run = promisify(execFile);
const names = ['write-heartbeat', 'hold-consumers', 'assess-reconcile'] as const;
const entryOf = (name: string): string => functions.find((spec) => spec.name === name)?.entry ?? '';
const bundles = await Bundles.of(names.map(entryOf));

/** Loads a bundle as Lambda would and calls it; credentials are variables of its environment and nothing else. */
const script = `
const { handler } = await import(process.argv[1]);
try {
  console.log(JSON.stringify(await handler(JSON.parse(process.argv[2]), { awsRequestId: 'test' })));
} catch (error) {
  console.log(JSON.stringify({ error: error.name, message: error.message }));
}
`;

const hash = 'a'.repeat(64);
const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
let served: ServedTestbed;

beforeAll(async () => {
  const request = { scenario: 'healthy-idle', port: 0, speed: 1, seed: 1, json: false };
  served = await serveScenario(request, Date.UTC(2026, 0, 5, 9));
});
afterAll(() => served.testbed.close());

/** Calls a bundle. @returns what it printed: its log, and its answer as the last line */
const linesOf = async (name: (typeof names)[number], event: unknown): Promise<readonly unknown[]> => {
  const { billing } = served.references.pairs;
  if (billing === undefined) throw new TypeError('the scenario has the pair billing');
  const pair = {
    name: 'billing',
    brokers: [billing.primary.arn, billing.replica.arn],
    cutover: { consumers: 'hold', holdMappings: { 'us-east-1': [uuid] } },
    reconciliation: {
      secretArns: ['arn:aws:secretsmanager:us-east-1:123456789012:secret:none'],
      ledgerStart: '2026-01-01T00:00:00Z',
    },
  };
  const environment = {
    ...served.environment,
    PAIRS: JSON.stringify([pair]),
    CONTROL_TABLE: 'mq-dr-control',
    CONTROL_REGION: 'us-east-1',
    LEDGER_TABLE: 'mq-dr-processed-messages',
    REPORT_BUCKET: 'mq-dr-reports-123456789012-us-east-1',
    TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:mq-dr',
  };
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', script, pathToFileURL(bundles.fileOf(entryOf(name))).href, JSON.stringify(event)],
    { env: environment },
  );
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
};

const call = async (...[name, event]: Parameters<typeof linesOf>): Promise<unknown> =>
  (await linesOf(name, event)).at(-1);

const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:reconcile:one';
const ofRun = { executionArn, startTime: '2026-01-05T09:00:00Z' };

describe('a bundle in a bare Node process', () => {
  it('reads brokers and metrics and writes to the table', async () => {
    expect(await call('write-heartbeat', {})).toEqual({ written: 1, failed: [] });
  });

  it('logs a line that CloudWatch takes metrics from', async () => {
    const lines = (await linesOf('write-heartbeat', {})) as readonly Readonly<Record<string, unknown>>[];
    const Dimensions = [{ Name: 'Pair', Value: 'billing' }];
    expect(lines.flatMap(embeddedMetrics)).toMatchObject([
      {
        Namespace: 'mq-dr',
        MetricData: [
          { MetricName: 'Primary', Value: 1, Unit: 'Count', Dimensions },
          // Brokers of a served test bed have no endpoints outside of it.
          { MetricName: 'Serving', Unit: 'Count', Dimensions },
        ],
      },
    ]);
    expect(lines[0]).toMatchObject({ level: 'INFO', service: 'mq-dr', function: 'write-heartbeat', pair: 'billing' });
  });

  it('asks Lambda, and knows its errors', async () => {
    const event = { pair: 'billing', epoch: null, dryRun: true, run: ofRun };
    expect(await call('hold-consumers', event)).toMatchObject({ outcome: 'refused', blockers: [{}] });
  });

  it('asks for an object of S3, and knows that it is not there', async () => {
    const input = { pair: 'billing', reason: 'test', mode: 'repair', manifest: hash };
    expect(await call('assess-reconcile', { input, run: ofRun })).toMatchObject({
      verdict: 'refused',
      blockers: [{ code: 'MANIFEST_UNKNOWN' }],
    });
  });
});
