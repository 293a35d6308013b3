import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { driftTrigger } from '../../functions/policy-drift/drift-trigger.ts';
import { parseDeployment } from '../../infra/config/config.ts';
import exampleConfig from '../../infra/config.example.ts';
import { clusterRules, pairRules } from '../../infra/triggers.ts';
import { expectRules, transformed } from '../support/infra/expect-rules.ts';
import { ofType, synthesise, type Template } from '../support/infra/synthesised.ts';
import { scheduledEvent } from '../support/trigger-events.ts';

const root = join(import.meta.dirname, '../..');
const synthesised = synthesise();
const alarmsIn = (region: string): Template => synthesised.template(`MqDrAlarms-${region}`);
const regions = ['us-east-1', 'us-west-2'] as const;
const stacks = regions.flatMap((region) => [
  [region, alarmsIn(region)] as const,
  [region, synthesised.template(`MqDrControl-${region}`)] as const,
]);

const text = (value: unknown): string => JSON.stringify(value);

describe('the alarms', () => {
  const alarms = stacks.flatMap(([region, template]) =>
    ofType(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => ({ region, properties: Properties })),
  );

  /** The anchor that a Markdown page gives a heading. */
  const anchor = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-');

  it('all say how loud they are and name a runbook that exists', () => {
    expect(alarms.length).toBeGreaterThan(20);
    for (const { properties } of alarms) {
      const { AlarmDescription } = properties;
      const told = /^(PAGE|NOTICE): .+ Runbook: (docs\/runbooks\/[a-z-]+\.md)(?:#(\S+))?$/.exec(
        String(AlarmDescription),
      );
      expect(told, String(AlarmDescription)).not.toBeNull();
      const [, , file = '', heading] = told ?? [];
      expect(existsSync(join(root, file)), file).toBe(true);
      if (heading === undefined) continue;
      const headings = [...readFileSync(join(root, file), 'utf8').matchAll(/^#+ (.+)$/gm)].map((found) =>
        anchor(found[1] ?? ''),
      );
      expect(headings, `${file}#${heading}`).toContain(heading);
    }
  });

  it('all tell somebody, when they fire and when they are over', () => {
    for (const { properties } of alarms) {
      expect(properties.AlarmActions).toHaveLength(1);
      expect(properties.OKActions).toEqual(properties.AlarmActions);
    }
  });

  it('all say what a period without points means', () => {
    for (const { properties } of alarms) expect(properties.TreatMissingData).toMatch(/^(breaching|notBreaching)$/);
  });

  it('watch both instances of the broker of their Region', () => {
    for (const [region, broker] of [
      ['us-east-1', 'orders'],
      ['us-west-2', 'orders-replica'],
    ] as const) {
      const watched = alarms
        .filter((alarm) => alarm.region === region && alarm.properties.MetricName === 'ReplicaWaitTime')
        .map(({ properties }) => text(properties.Dimensions));
      expect(watched).toEqual([1, 2].map((instance) => text([{ Name: 'Broker', Value: `${broker}-${instance}` }])));
    }
  });
});

describe('the rules', () => {
  it('of a pair stand in both of its Regions, each about the broker there, and those of a cluster in its own', () => {
    expectRules(alarmsIn('us-east-1'), [...pairRules('orders', ['orders']), ...clusterRules('events', 'events')]);
    expectRules(alarmsIn('us-west-2'), pairRules('orders', ['orders-replica']));
  });

  it('of a cluster hand over what starts one run of its policies, of that turn', () => {
    const rule = ofType(alarmsIn('us-east-1'), 'AWS::Events::Rule').find(
      ({ Properties }) => Properties.Name === 'mq-dr-events-policy-drift',
    );
    const [target] = (rule?.Properties.Targets ?? []) as readonly { readonly InputTransformer: unknown }[];
    const event = scheduledEvent('arn:aws:events:us-east-1:111122223333:rule/mq-dr-events-policy-drift');
    const { clusters } = parseDeployment(exampleConfig);
    expect(driftTrigger(transformed(target?.InputTransformer, event), clusters)).toEqual({
      starts: [
        {
          kind: 'schedule',
          executionName: `drift-events-schedule-${Math.floor(Date.parse(event.time) / 300_000).toString(36)}`,
          input: { cluster: 'events', mode: 'report', reason: 'schedule' },
        },
      ],
    });
  });

  it('start readiness by a role that can do nothing else, for this account alone', () => {
    for (const region of regions) {
      const roles = ofType(alarmsIn(region), 'AWS::IAM::Role').map(({ Properties }) => Properties);
      expect(roles).toEqual([
        expect.objectContaining({
          AssumeRolePolicyDocument: expect.objectContaining({
            Statement: [
              expect.objectContaining({
                Principal: { Service: 'events.amazonaws.com' },
                Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
              }),
            ],
          }),
          Policies: [
            expect.objectContaining({
              PolicyDocument: expect.objectContaining({
                Statement: [
                  expect.objectContaining({
                    Action: 'states:StartExecution',
                    Resource: `arn:aws:states:${region}:111122223333:stateMachine:readiness`,
                  }),
                ],
              }),
            }),
          ],
        }),
      ]);
    }
  });
});

describe('a boundary that the configuration names', () => {
  it('is on every role', () => {
    const permissionsBoundaryArn = 'arn:aws:iam::111122223333:policy/boundary';
    const bounded = synthesise({ permissionsBoundaryArn });
    const roles = bounded.assembly.stacks.flatMap(({ stackName }) =>
      ofType(bounded.template(stackName), 'AWS::IAM::Role'),
    );
    expect(roles.length).toBeGreaterThan(100);
    const unbounded = roles.filter(({ Properties }) => Properties.PermissionsBoundary !== permissionsBoundaryArn);
    expect(unbounded.map(({ id }) => id)).toEqual([]);
  });
});

describe('the dashboards', () => {
  it('are one for each pair in both Regions, and one for each cluster in its own', () => {
    const names = regions.flatMap((region) =>
      ofType(alarmsIn(region), 'AWS::CloudWatch::Dashboard').map(({ Properties }) => Properties.DashboardName),
    );
    expect(names.toSorted()).toEqual(['mq-dr-events-us-east-1', 'mq-dr-orders-us-east-1', 'mq-dr-orders-us-west-2']);
  });

  it('ask logs that are deployed', () => {
    const groups = ofType(synthesised.template('MqDrControl-us-west-2'), 'AWS::Logs::LogGroup').map(({ Properties }) =>
      String(Properties.LogGroupName),
    );
    for (const { Properties } of ofType(alarmsIn('us-west-2'), 'AWS::CloudWatch::Dashboard')) {
      const asked = [...String(Properties.DashboardBody).matchAll(/SOURCE '([^']+)'/g)].map(([, group]) => group);
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.filter((group) => group !== undefined && !groups.includes(group))).toEqual([]);
    }
  });

  it('show roles, lag, wait times, queues, verdicts and runs of a pair', () => {
    const [dashboard] = ofType(alarmsIn('us-west-2'), 'AWS::CloudWatch::Dashboard');
    const { widgets } = JSON.parse(String(dashboard?.Properties.DashboardBody)) as {
      readonly widgets: readonly { readonly properties: { readonly title?: string } }[];
    };
    const titles = widgets.map(({ properties }) => properties.title ?? '');
    for (const about of ['Roles', 'lag', 'Wait times', 'not replicated', 'Verdicts', 'Last runs', 'RTO by run']) {
      expect(
        titles.some((title) => title.includes(about)),
        about,
      ).toBe(true);
    }
  });
});
