import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterConfigsSchema } from '../../functions/config/cluster-config.ts';
import { pairConfigsSchema } from '../../functions/config/pair-config.ts';
import { functions, machines } from '../../infra/catalogue.ts';
import { parseDeployment } from '../../infra/config/config.ts';
import exampleConfig from '../../infra/config.example.ts';
import { substitutionNames } from '../../infra/definition.ts';
import { functionPolicy, type Policy } from '../../infra/grants/function-policy.ts';
import { scopeOf } from '../../infra/grants/scope.ts';
import { functionNameOf, machineArnOf } from '../../infra/names.ts';
import { functionsOfRules, regionRules } from '../../infra/triggers.ts';
import { expectRules } from '../support/infra/expect-rules.ts';
import { ofType, type Resource, synthesise, type Template } from '../support/infra/synthesised.ts';

const root = join(import.meta.dirname, '../..');
const synthesised = synthesise();
const east = synthesised.template('MqDrControl-us-east-1');
const west = synthesised.template('MqDrControl-us-west-2');
const regions: readonly (readonly [string, Template])[] = [
  ['us-east-1', east],
  ['us-west-2', west],
];
const config = parseDeployment(exampleConfig);

const text = (value: unknown): string => JSON.stringify(value);

const lambda = (template: Template, name: string) => {
  const found = ofType(template, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties.FunctionName === functionNameOf(name),
  );
  if (found === undefined) throw new TypeError(`no function ${name}`);
  return found.Properties;
};

const resourceAt = (template: Template, reference: unknown): Resource => {
  const id = (reference as { 'Fn::GetAtt'?: readonly string[]; Ref?: string })['Fn::GetAtt']?.[0];
  const found = template.Resources[id ?? (reference as { Ref?: string }).Ref ?? ''];
  if (found === undefined) throw new TypeError(`nothing at ${text(reference)}`);
  return found;
};

interface InlinePolicy {
  readonly PolicyDocument: Policy;
}

const policiesOf = (role: Resource): readonly InlinePolicy[] =>
  (role.Properties.Policies ?? []) as readonly InlinePolicy[];

/** Policies with every list as a list: CloudFormation's form of a single value is the value itself. */
const normalised = ({ Statement }: Policy) =>
  Statement.map(({ Action, Resource: resource, ...rest }) => ({
    ...rest,
    Action: [Action].flat(),
    Resource: [resource].flat(),
  }));

describe('the control stacks', () => {
  it('need neither each other nor the stack of the tables', () => {
    for (const stack of synthesised.assembly.stacks) {
      const others = stack.dependencies.filter((artifact) =>
        synthesised.assembly.stacks.some(({ id }) => id === artifact.id),
      );
      expect(others).toEqual([]);
      expect(text(stack.template)).not.toMatch(/Fn::ImportValue|"Export"/);
    }
  });

  it('are the same in both Regions, but for the settings of each', () => {
    const shape = (template: Template) =>
      Object.entries(template.Resources)
        .filter(([id]) => !id.startsWith('PlaneSettingsLayer'))
        .map(([id, { Type }]) => `${Type} ${id}`)
        .toSorted();
    expect(shape(west)).toEqual(shape(east));
  });

  it('say nothing of the other Region but in rights', () => {
    const elsewhere = (template: Template, other: string) =>
      Object.values(template.Resources)
        .filter((resource) => text(resource).includes(other))
        .map(({ Type }) => Type);
    const allowed = ['AWS::IAM::Role'];
    expect(elsewhere(east, 'us-west-2').filter((type) => !allowed.includes(type))).toEqual([]);
    expect(elsewhere(west, 'us-east-1').filter((type) => !allowed.includes(type))).toEqual([]);
  });
});

describe.each(regions)('the control plane in %s', (region, template) => {
  const scope = scopeOf(config, region);

  it('has every function, each with a role and a log of its own', () => {
    const made = ofType(template, 'AWS::Lambda::Function').map(({ Properties }) => Properties);
    expect(made.map(({ FunctionName }) => FunctionName).toSorted()).toEqual(
      functions.map(({ name }) => functionNameOf(name)).toSorted(),
    );
    expect(new Set(made.map(({ Role }) => text(Role))).size).toBe(made.length);
    const logs = made.map(({ LoggingConfig }) => (LoggingConfig as { LogGroup: unknown }).LogGroup);
    expect(new Set(logs.map(text)).size).toBe(made.length);
  });

  it.each(functions)('runs $name on the runtime that it is tested on', ({ name, timeoutSeconds = 20 }) => {
    expect(lambda(template, name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: timeoutSeconds,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
    });
  });

  it.each(functions)('lets $name do what its spec says, and nothing else', (spec) => {
    const role = resourceAt(template, lambda(template, spec.name).Role);
    const called = functionsOfRules(regionRules((name) => machineArnOf(scope, name))).includes(spec.name);
    const platform = { inNetwork: lambda(template, spec.name).VpcConfig !== undefined, calledByRules: called };
    expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
    const policies = policiesOf(role).map(({ PolicyDocument }) => normalised(PolicyDocument));
    expect(policies).toEqual([normalised(functionPolicy(spec, scope, platform))]);
  });

  it('attaches no policy in any other way', () => {
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => /^AWS::IAM::(Policy|ManagedPolicy)$/.test(type))).toEqual([]);
  });

  it('lets Promote be called on the pair’s broker of its own Region alone', () => {
    const promoting = ofType(template, 'AWS::IAM::Role').flatMap((role) =>
      policiesOf(role).flatMap(({ PolicyDocument }) =>
        normalised(PolicyDocument).filter(({ Action }) => Action.includes('mq:Promote')),
      ),
    );
    const own = config.pairs.flatMap(({ brokers }) => brokers.filter((broker) => broker.region === region));
    expect(promoting.length).toBeGreaterThan(0);
    for (const { Resource: resource } of promoting) expect(resource).toEqual(own.map(({ arn }) => arn));
  });

  it('names secrets one by one', () => {
    const read = ofType(template, 'AWS::IAM::Role').flatMap((role) =>
      policiesOf(role).flatMap(({ PolicyDocument }) =>
        normalised(PolicyDocument).filter(({ Action }) => Action.includes('secretsmanager:GetSecretValue')),
      ),
    );
    for (const { Resource: resource } of read) {
      for (const arn of resource) expect(arn).toMatch(/^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^*]+$/);
    }
  });

  it('puts those functions into the network that contact private brokers', () => {
    const inside = ofType(template, 'AWS::Lambda::Function').filter(({ Properties }) => Properties.VpcConfig);
    const expected = functions
      .filter(({ contactsBrokers, environment }) =>
        environment.includes('cluster') ? contactsBrokers && region === 'us-east-1' : contactsBrokers,
      )
      .map(({ name }) => functionNameOf(name));
    expect(inside.map(({ Properties }) => Properties.FunctionName).toSorted()).toEqual(expected.toSorted());
  });

  it('gives functions the settings of what has a broker in the Region', () => {
    const layer = ofType(template, 'AWS::Lambda::LayerVersion')[0];
    const { S3Key } = (layer?.Properties.Content ?? { S3Key: '' }) as { readonly S3Key: string };
    const key = S3Key.replace('.zip', '');
    const folder = join(synthesised.assembly.directory, `asset.${key}`, 'mq-dr');
    const settings = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    expect(pairConfigsSchema.parse(settings('pairs')).map(({ name }) => name)).toEqual(['orders']);
    expect(clusterConfigsSchema.parse(settings('clusters')).map(({ name }) => name)).toEqual(
      region === 'us-east-1' ? ['events'] : [],
    );
  });

  it.each(machines)(
    'fills in everything that the definition of $name leaves open',
    ({ name, definition, parameters }) => {
      const machine = ofType(template, 'AWS::StepFunctions::StateMachine').find(
        ({ Properties }) => Properties.StateMachineName === name,
      )?.Properties;
      const file = readFileSync(join(root, definition), 'utf8');
      expect(Object.keys(machine?.DefinitionSubstitutions ?? {}).toSorted()).toEqual(
        [...substitutionNames(file)].toSorted(),
      );
      expect(machine?.DefinitionSubstitutions).toMatchObject(
        Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)])),
      );
      expect(machine).toMatchObject({
        StateMachineType: 'STANDARD',
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
        TracingConfiguration: { Enabled: true },
      });
      const { Key } = (machine?.DefinitionS3Location ?? { Key: '' }) as { readonly Key: string };
      expect(readFileSync(join(synthesised.assembly.directory, `asset.${Key}`), 'utf8')).toBe(file);
    },
  );

  it('lets each workflow call what its definition names', () => {
    for (const { Properties } of ofType(template, 'AWS::StepFunctions::StateMachine')) {
      const called = Object.values(Properties.DefinitionSubstitutions as Record<string, string>).filter((value) =>
        value.startsWith('arn:'),
      );
      const granted = policiesOf(resourceAt(template, Properties.RoleArn)).flatMap(({ PolicyDocument }) =>
        normalised(PolicyDocument).filter(({ Sid }) => ['CallFunctions', 'StartChildren'].includes(Sid)),
      );
      expect(granted.flatMap(({ Resource: resource }) => resource).toSorted()).toEqual(called.toSorted());
    }
  });

  it('has exactly the rules of its Region as in game days, with their patterns and inputs', () => {
    expectRules(
      template,
      regionRules((name) => machineArnOf(scope, name)),
    );
  });

  it('lets each rule call its function, and keeps events on which one failed', () => {
    const called = functionsOfRules(regionRules((name) => machineArnOf(scope, name))).map(functionNameOf);
    const permitted = ofType(template, 'AWS::Lambda::Permission').map(({ Properties }) => Properties.FunctionName);
    expect(permitted.toSorted()).toEqual(called.toSorted());
    for (const { Properties } of ofType(template, 'AWS::Lambda::Permission')) {
      expect(Properties).toMatchObject({
        Principal: 'events.amazonaws.com',
        SourceArn: `arn:aws:events:${region}:${scope.accountId}:rule/mq-dr-*`,
      });
    }
    const kept = ofType(template, 'AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    expect(kept.map(({ FunctionName }) => FunctionName).toSorted()).toEqual(called.toSorted());
    for (const { DestinationConfig } of kept) expect(DestinationConfig).toHaveProperty('OnFailure.Destination');
  });

  it('pages when an event is in a dead-letter queue', () => {
    const queues = ofType(template, 'AWS::SQS::Queue').map(({ Properties }) => Properties.QueueName);
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => Properties.Namespace === 'AWS/SQS',
    );
    const watched = alarms.map(({ Properties }) => (Properties.Dimensions as { Value: string }[])[0]?.Value);
    expect(watched.toSorted()).toEqual(queues.toSorted());
    for (const { Properties } of alarms) expect(String(Properties.AlarmDescription)).toMatch(/^PAGE: /);
  });

  it('encrypts what it keeps, and takes it over TLS alone', () => {
    for (const { Properties } of ofType(template, 'AWS::SQS::Queue'))
      expect(Properties.SqsManagedSseEnabled).toBe(true);
    for (const { Properties } of ofType(template, 'AWS::SNS::Topic')) expect(Properties.KmsMasterKeyId).toBeDefined();
    for (const { Properties } of ofType(template, 'AWS::KMS::Key')) expect(Properties.EnableKeyRotation).toBe(true);
    const [bucket] = ofType(template, 'AWS::S3::Bucket');
    expect(bucket).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        BucketName: `mq-dr-reports-111122223333-${region}`,
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 400, Status: 'Enabled' }] },
      },
    });
    for (const type of ['AWS::S3::BucketPolicy', 'AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy']) {
      for (const policy of ofType(template, type)) expect(text(policy)).toContain('"aws:SecureTransport":"false"');
    }
  });

  it('keeps every log as long as the configuration says', () => {
    const logs = ofType(template, 'AWS::Logs::LogGroup');
    expect(logs.length).toBe(functions.length + machines.length);
    for (const { Properties } of logs) expect(Properties.RetentionInDays).toBe(400);
  });
});
