import { expect } from 'vitest';
import type { TriggerRule } from '../../../infra/triggers.ts';
import { ofType, type Template } from './synthesised.ts';

/** What a target gets of a scheduler's event by a transformer, which takes the time alone from it. */
export const transformed = (transformer: unknown, { time }: { readonly time: string }): unknown => {
  const { InputPathsMap: paths, InputTemplate: template } = transformer as {
    readonly InputPathsMap: unknown;
    readonly InputTemplate: string;
  };
  expect(paths).toEqual({ time: '$.time' });
  // EventBridge puts text in with quotes.
  return JSON.parse(template.replace('<time>', JSON.stringify(time)));
};

/** Whether a template has exactly these rules, with their patterns, inputs and a queue for what cannot be delivered. */
export const expectRules = (template: Template, rules: readonly TriggerRule[]): void => {
  const made = ofType(template, 'AWS::Events::Rule').map(({ Properties }) => Properties);
  expect(made.map(({ Name }) => Name).toSorted()).toEqual(rules.map(({ name }) => `mq-dr-${name}`).toSorted());
  for (const rule of rules) {
    const resource = made.find(({ Name }) => Name === `mq-dr-${rule.name}`);
    const [target] = (resource?.Targets ?? []) as readonly Record<string, unknown>[];
    const name =
      'targetMachine' in rule ? `:stateMachine:${rule.targetMachine}` : `:function:mq-dr-${rule.targetFunction}`;
    expect(target?.Arn).toMatch(new RegExp(`${name}$`));
    expect(target?.DeadLetterConfig).toEqual({ Arn: expect.stringMatching(/:mq-dr-undelivered-events$/) });
    // A machine is started by a role, a function has its permission.
    expect(target !== undefined && 'RoleArn' in target).toBe('targetMachine' in rule);
    expect(target).not.toHaveProperty('InputPath');
    if ('pattern' in rule) {
      expect(resource?.EventPattern).toEqual(rule.pattern);
      // Events go whole.
      expect(target).not.toHaveProperty('InputTransformer');
      expect(target).not.toHaveProperty('Input');
      continue;
    }
    expect(resource?.ScheduleExpression).toBe(`rate(${rule.everyMinutes} minute${rule.everyMinutes > 1 ? 's' : ''})`);
    const time = '2026-11-04T12:00:00Z';
    if ('timed' in rule) expect(transformed(target?.InputTransformer, { time })).toEqual({ ...rule.input, time });
    else expect(JSON.parse(String(target?.Input))).toEqual(rule.input);
  }
};
