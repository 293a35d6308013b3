import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../infra/catalogue.ts';
import { PackedProject } from '../support/packed-package.ts';

const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** A team's app: one pair, all of mq-dr for it in both Regions, and once more its alarms in a stack of the team's own. */
const app = `
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AlarmStack, BrokerPair, Bundles, checkBudgets, ControlStack, defineDeployment, functions } from 'mq-dr/infra';
import { parseDeployment, regionsOf, scopeOf, StateStack } from 'mq-dr/infra';

const account = '111122223333';
const broker = (region: string, name: string, digit: number): string =>
  \`arn:aws:mq:\${region}:\${account}:broker:\${name}:b-1a2b3c4d-0000-4000-8000-00000000000\${digit}\`;
const config = parseDeployment(
  defineDeployment({
    pairs: [
      {
        name: 'orders',
        brokers: [broker('us-east-1', 'orders', 1), broker('us-west-2', 'orders-replica', 2)],
        access: 'public',
        rtoSeconds: 2_400,
        rpoSeconds: 60,
      },
    ],
    notifications: { page: [{ protocol: 'email', endpoint: 'on-call@example.com' }] },
  }),
);
checkBudgets(config);
const app = new App({ outdir: 'cdk.out' });
const code = await Bundles.of(functions.map(({ entry }) => entry));
const { region, controlRegions } = config.state;
new StateStack(app, 'State', { env: { account, region }, controlRegions, ledgerRegions: regionsOf(config) });
for (const here of regionsOf(config)) {
  const env = { account, region: here };
  new ControlStack(app, \`Control-\${here}\`, { config, region: here, code, env });
  new AlarmStack(app, \`Alarms-\${here}\`, { watched: scopeOf(config, here), env });
}
const own = new Stack(app, 'Own', { env: { account, region: 'us-east-1' } });
const topic = new Topic(own, 'Topic');
const [pair] = config.pairs;
if (pair === undefined) throw new TypeError('there is a pair');
const place = { partition: 'aws', accountId: account, region: 'us-east-1' };
new BrokerPair(own, 'Orders', { pair, place, topics: { page: topic, notice: topic } });
app.synth();

// @ts-expect-error pairs is misspelt
export const wrong = () => defineDeployment({ paris: [], notifications: { page: [] } });
`;

describe('the package in a project of somebody else’s', () => {
  let project: PackedProject;

  beforeAll(() => {
    project = new PackedProject();
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) project.link(name);
  }, 120_000);

  afterAll(() => project.remove());

  it('synthesises an app with one pair: all stacks, and every function’s code', () => {
    project.link('@types/node');
    project.write('app.ts', app);
    expect(project.typecheck(['app.ts'], { module: 'NodeNext', moduleResolution: 'NodeNext' })).toBe('');
    project.run(process.execPath, ['app.ts']);
    const resources = (stack: string): readonly { readonly Type: string; readonly Metadata?: object }[] =>
      Object.values(JSON.parse(readFileSync(join(project.folder, `cdk.out/${stack}.template.json`), 'utf8')).Resources);
    const countOf = (stack: string, type: string): number =>
      resources(stack).filter(({ Type }) => Type === type).length;
    expect(countOf('State', 'AWS::DynamoDB::GlobalTable')).toBe(2);
    for (const region of ['us-east-1', 'us-west-2']) {
      expect(countOf(`Control-${region}`, 'AWS::Lambda::Function')).toBe(functions.length);
      expect(countOf(`Alarms-${region}`, 'AWS::CloudWatch::Dashboard')).toBe(1);
    }
    expect(countOf('Own', 'AWS::CloudWatch::Alarm')).toBe(countOf('Alarms-us-east-1', 'AWS::CloudWatch::Alarm'));
    const assets = JSON.parse(readFileSync(join(project.folder, 'cdk.out/Control-us-east-1.assets.json'), 'utf8')) as {
      readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
    };
    const bundles = Object.values(assets.files)
      .map(({ source: { path } }) => join(project.folder, 'cdk.out', path, 'index.mjs'))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8'));
    const without = functions.filter(({ name }) => !bundles.some((text) => text.includes(`"${name}"`)));
    expect(without.map(({ name }) => name)).toEqual([]);
  }, 120_000);

  it('has the command, as npm links it', () => {
    const manifestThere = JSON.parse(readFileSync(join(project.folder, 'node_modules/mq-dr/package.json'), 'utf8')) as {
      readonly bin: Readonly<Record<string, string>>;
    };
    mkdirSync(join(project.folder, 'node_modules/.bin'));
    symlinkSync(`../mq-dr/${manifestThere.bin['mq-dr']}`, join(project.folder, 'node_modules/.bin/mq-dr'));
    expect(project.run('node_modules/.bin/mq-dr', ['start', '--help'])).toContain('Usage: mq-dr start');
    expect(() => project.run('node_modules/.bin/mq-dr', ['strat'])).toThrow(/did you mean "?start"?|unknown command/i);
  });
});
