import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findScenario, listScenarios, scenarioNames } from '../../../../gameday/experiment/scenario/catalogue.ts';
import { InvalidScenarioError, loadScenario, parseScenario } from '../../../../gameday/experiment/scenario/load.ts';

const valid = `
title: A scenario
description: For a test.
seed: 1
world:
  pairs:
    orders:
      primary: { region: us-east-1, brokerName: orders }
      replica: { region: us-west-2, brokerName: orders-replica }
traffic:
  pair: orders
  queues: [q]
  producers: 1
  consumers: 1
  ratePerSecond: 1
faults:
  slow: { kind: throttling, service: mq, count: 3 }
steady-state-hypothesis:
  title: All is well
  probes:
    - probe: messages-accounted
method:
  - action: start-traffic
  - action: raise-fault
    fault: slow
  - name: A short pause
    action: wait
    seconds: 5
`;

const problemsIn = (text: string): readonly string[] => {
  try {
    parseScenario('test', 'test.yaml', text);
  } catch (error) {
    if (error instanceof InvalidScenarioError) return error.problems;
    throw error;
  }
  return [];
};

const change = (from: string, to: string): string => {
  expect(valid).toContain(from);
  return valid.replace(from, to);
};

describe('a scenario file', () => {
  it('becomes steps that know their names', () => {
    const scenario = parseScenario('test', 'test.yaml', valid);
    expect(scenario.method.map((step) => step.name)).toEqual(['start traffic', 'raise fault slow', 'A short pause']);
    expect(scenario.hypothesis.probes.map((probe) => probe.kind)).toEqual(['messages-accounted']);
    expect(scenario.outline.traffic?.bodyBytes).toBe(256);
  });

  it('has all of its problems named at once, each with its line and path', () => {
    const text = change('seed: 1', 'seed: -1')
      .replace('producers: 1', 'producer: 1')
      .replace('title: A scenario\n', '');
    const problems = problemsIn(text);
    expect(problems).toEqual([
      'line 1: title: is missing (string expected)',
      expect.stringMatching(/^line 3: seed: /),
      'line 10: traffic.producers: is missing (number expected)',
      'line 12: traffic.producer: unknown key "producer"; did you mean "producers"?',
    ]);
  });

  it.each([
    ['an unknown key at the top', 'seed: 1', 'seed: 1\nfault: {}', /unknown key "fault"; did you mean "faults"\?/],
    [
      'an unknown action',
      'action: wait',
      'action: wiat',
      /method\[2\]\.action: unknown action "wiat"; did you mean "wait"\?/,
    ],
    [
      'an unknown key of a step',
      'seconds: 5',
      'secnds: 5',
      /method\[2\]\.secnds: unknown key "secnds"; did you mean "seconds"\?/,
    ],
    ['an unknown probe', 'messages-accounted', 'messages-counted', /unknown probe "messages-counted"; did you mean/],
    [
      'a Region that does not exist',
      'region: us-west-2',
      'region: us-wset-2',
      /must be one of us-east-1.*did you mean "us-west-2"\?/,
    ],
    ['two brokers in one Region', 'us-west-2', 'us-east-1', /replica\.region: must differ/],
    [
      'held consumers of a pair that does not replicate yet',
      'replica: {',
      'consumers: hold\n      replica: {',
      /orders\.consumers: "hold" needs a pair that replicates already/,
    ],
    [
      'an unknown kind of fault',
      'kind: throttling',
      'kind: throtling',
      /faults\.slow\.kind: unknown kind of fault "throtling"; did you mean "throttling"\?/,
    ],
    [
      'an unknown key of a fault',
      'count: 3',
      'cuont: 3',
      /faults\.slow\.cuont: unknown key "cuont"; did you mean "count"\?/,
    ],
    [
      'a fault that is not declared',
      'fault: slow',
      'fault: slwo',
      /method\[1\]\.fault: unknown fault "slwo"; did you mean "slow"\?/,
    ],
    ['a queue without a consumer', 'queues: [q]', 'queues: [q, r]', /consumers: must be at least the number of queues/],
    [
      'a step that is both',
      'action: start-traffic',
      'action: start-traffic\n    probe: messages-accounted',
      /either an "action" or a "probe"/,
    ],
    [
      'an action in the hypothesis',
      '- probe: messages-accounted',
      '- action: wait\n      seconds: 1',
      /a hypothesis only looks/,
    ],
  ])('rejects %s', (_what, from, to, expected) => {
    expect(problemsIn(change(from, to)).join('\n')).toMatch(expected);
  });

  it('that names a missing pair says which pairs exist', () => {
    expect(problemsIn(change('pair: orders', 'pair: ordesr'))).toEqual([
      'line 11: traffic.pair: unknown pair "ordesr"; did you mean "orders"? The pairs are: orders',
    ]);
    const probe = '- probe: pair-served-in\n      pair: billing\n      region: us-east-1';
    expect(problemsIn(change('- probe: messages-accounted', probe)).join()).toContain(
      'steady-state-hypothesis.probes[0].pair: unknown pair "billing"; known: orders',
    );
  });

  it('takes the deployed settings of a pair, and names those that do not exist or do not fit', () => {
    const withSettings = (settings: string): string =>
      change('brokerName: orders-replica }', `brokerName: orders-replica }\n      settings: ${settings}`);
    expect(problemsIn(withSettings('{ automaticFailover: true, escalation: { mode: ask } }'))).toEqual([]);
    expect(problemsIn(withSettings('{ automaticFailOver: true }'))).toEqual([
      'line 10: world.pairs.orders.settings.automaticFailOver: unknown key "automaticFailOver"; did you mean "automaticFailover"?',
    ]);
    expect(problemsIn(withSettings('{ escalation: { mode: auto } }')).join()).toContain('lossBudgetEvents');
  });

  it('with traffic steps needs a traffic section', () => {
    const text = valid.replace(/traffic:[\s\S]*?faults:/, 'faults:');
    expect(problemsIn(text).join()).toContain('method[0]: needs a "traffic" section');
  });

  it.each([
    ['duplicate keys', 'seed: 1', 'seed: 1\nseed: 2', /line 5, column 1: .*unique/],
    ['anchors', 'seed: 1', 'seed: &seed 1', /line 4: anchors and aliases are not supported/],
    ['broken YAML', 'seed: 1', 'seed: [1', /^line \d+, column \d+: /],
  ])('with %s is refused with the line', (_what, from, to, expected) => {
    expect(problemsIn(change(from, to)).join('\n')).toMatch(expected);
  });

  it('with an alias bomb is refused without being expanded', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((key, index) => {
        const previous = 'abcdefghi'[index];
        return `${key}: &${key} [${Array.from({ length: 8 }, () => `*${previous}`).join(',')}]`;
      }),
    ].join('\n');
    expect(problemsIn(bomb).join()).toContain('anchors and aliases are not supported');
  });

  it.each([
    ['nothing', ''],
    ['a list', '- 1\n- 2'],
    ['text', 'hello'],
  ])('that holds %s is refused', (_what, text) => {
    expect(problemsIn(text).length).toBeGreaterThan(0);
  });

  it('of a megabyte is refused by its size', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'scenario-')), 'large.yaml');
    await writeFile(file, `title: ${'x'.repeat(1_048_576)}`);
    await expect(loadScenario('large', file)).rejects.toThrow(/has 1048583 bytes; a scenario may have 262144/);
  });

  it('that does not exist is named', async () => {
    await expect(loadScenario('none', '/nowhere/none.yaml')).rejects.toThrow(/none\.yaml.*\n.*ENOENT/);
  });
});

describe('the scenarios that come with mq-dr', () => {
  it('are all valid', async () => {
    for (const name of await scenarioNames()) {
      const { file } = await findScenario(name);
      await expect(loadScenario(name, file), name).resolves.toMatchObject({ name });
    }
  });

  it('are listed with their titles, and found by name or path', async () => {
    expect(await listScenarios()).toContainEqual({ name: 'first-switchover', title: 'First switchover' });
    await expect(findScenario('frist-switchover')).rejects.toThrow('did you mean "first-switchover"?');
    expect(await findScenario('some/where/mine.yml')).toEqual({ name: 'mine', file: 'some/where/mine.yml' });
  });
});
