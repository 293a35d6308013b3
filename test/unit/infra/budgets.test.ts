import { describe, expect, it } from 'vitest';
import { checkBudgets } from '../../../infra/budgets/check-budgets.ts';
import { flowOf } from '../../../infra/budgets/flow.ts';
import { longestWay, UnboundedTimeError } from '../../../infra/budgets/longest-way.ts';
import { rtoBudgets } from '../../../infra/budgets/rto-budgets.ts';
import { machines, maxPairsPerRegion } from '../../../infra/catalogue.ts';
import { type DeploymentInput, parseDeployment } from '../../../infra/config/config.ts';
import { ConfigurationError } from '../../../infra/config/config-issues.ts';
import exampleConfig from '../../../infra/config.example.ts';

const [examplePair] = exampleConfig.pairs ?? [];

const withPair = (changes: Readonly<Record<string, unknown>>) =>
  parseDeployment({ ...exampleConfig, pairs: [{ ...examplePair, ...changes } as NonNullable<typeof examplePair>] });

const onlyPair = (input: DeploymentInput | ReturnType<typeof withPair>) => {
  const [pair] = 'pairSettings' in input ? input.pairs : parseDeployment(input).pairs;
  if (pair === undefined) throw new TypeError('the example has a pair');
  return pair;
};

const problemOf = (check: () => void): string => {
  try {
    check();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return '';
};

const flow = (States: Readonly<Record<string, unknown>>, StartAt = 'Look') =>
  flowOf(JSON.stringify({ StartAt, TimeoutSeconds: 100, States }));

const retry = [{ ErrorEquals: ['X'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 5, MaxDelaySeconds: 40 }];

const looking = {
  Look: { Type: 'Task', Next: 'Choose', Retry: retry },
  Choose: { Type: 'Choice', Choices: [{ Condition: '{% $done %}', Next: 'Done' }], Default: 'Wait' },
  Wait: { Type: 'Wait', Seconds: '{% 5 %}', Next: 'Look' },
  Done: { Type: 'Succeed' },
};

const bounded = {
  ...looking,
  Choose: { Type: 'Choice', Choices: [{ Condition: '{% $done or $looks >= 12 %}', Next: 'Done' }], Default: 'Wait' },
};

const seconds = (items: readonly { readonly seconds: number }[]): number =>
  items.reduce((sum, item) => sum + item.seconds, 0);

describe('the longest way', () => {
  it('counts the waits of a loop run to its bound, its calls, and each back-off once', () => {
    // 12 waits of 5 s, 13 calls of 2 s, and 5 + 10 + 20 + 40 + 40 s of back-off.
    expect(seconds(longestWay(flow(bounded), 'Done', []))).toBe(60 + 26 + 115);
  });

  it('counts a deadline instead of the waits that it bounds', () => {
    const deadline = { state: 'Wait', seconds: 600, what: 'patience' };
    expect(seconds(longestWay(flow(looking), 'Done', [deadline]))).toBe(600 + 2 + 115);
  });

  it('takes the longer of two ways', () => {
    const fork = {
      Fork: { Type: 'Choice', Choices: [{ Condition: '{% $x %}', Next: 'Short' }], Default: 'Long' },
      Short: { Type: 'Wait', Seconds: 10, Next: 'Done' },
      Long: { Type: 'Wait', Seconds: 30, Next: 'Short' },
      Done: { Type: 'Succeed' },
    };
    expect(seconds(longestWay(flow(fork, 'Fork'), 'Done', []))).toBe(40);
  });

  it('refuses a loop without a bound, by the names of its states', () => {
    expect(() => longestWay(flow(looking), 'Done', [])).toThrow(UnboundedTimeError);
    expect(() => longestWay(flow(looking), 'Done', [])).toThrow('Look, Choose, Wait');
  });

  it('refuses a milestone that no run reaches', () => {
    expect(() => longestWay(flow(bounded), 'Nowhere', [])).toThrow('no run comes from Look to "Nowhere"');
  });
});

describe('the time that a failover may take', () => {
  it('fits what the example promises', () => {
    expect(problemOf(() => checkBudgets(parseDeployment(exampleConfig)))).toBe('');
  });

  it('is told with its arithmetic where it does not fit', () => {
    const problem = problemOf(() => checkBudgets(withPair({ rtoSeconds: 900, automaticFailover: false })));
    expect(problem).toContain(
      'pairs[0].rtoSeconds: failover of orders, until the promoted broker serves may take 1089 s',
    );
    expect(problem).toContain('300 s  WaitForFailover: 60 × 5 s');
    expect(problem).toContain('115 s  AcquireLock: back-off of all retries');
  });

  it('begins with the first signal where it starts by itself', () => {
    const budgets = rtoBudgets(onlyPair(exampleConfig));
    expect(budgets.map(({ title }) => title)).toEqual([
      'failover of orders, until the promoted broker serves',
      'automatic failover of orders, from its first signal until the promoted broker serves',
    ]);
    expect(budgets[1]?.items).toContainEqual({
      what: 'WaitForSignals: the second signal (watchSeconds)',
      seconds: 600,
    });
  });

  it('holds the whole patience of a switchover that is escalated without asking', () => {
    const pair = onlyPair(withPair({ escalation: { mode: 'auto', lossBudgetEvents: 10 } }));
    const [, , escalated] = rtoBudgets(pair);
    expect(escalated?.seconds).toBeGreaterThan(3_600);
    expect(escalated?.items.map(({ what }) => what)).toContain(
      'WaitForExchange: the exchange of roles (switchover.deadlineSeconds)',
    );
  });

  it('grows with the numbers of the deployment', () => {
    const slower = machines.map((machine) =>
      machine.name === 'failover'
        ? { ...machine, parameters: { ...machine.parameters, MaxFailoverPolls: 120 } }
        : machine,
    );
    const pair = onlyPair(withPair({ automaticFailover: false }));
    const [now] = rtoBudgets(pair);
    const [later] = rtoBudgets(pair, slower);
    expect((later?.seconds ?? 0) - (now?.seconds ?? 0)).toBe(60 * 5 + 60 * 2);
  });
});

describe('the pairs of a Region', () => {
  it('are as many as the proofs of readiness take for granted', () => {
    const many = Array.from({ length: maxPairsPerRegion + 1 }, (_, index) => ({
      ...examplePair,
      name: `pair-${index}`,
      brokers: ['us-east-1', 'us-west-2'].map(
        (region, side) =>
          `arn:aws:mq:${region}:111122223333:broker:p${index}-${side}:b-1a2b3c4d-0000-4000-8000-0000000${String(index * 2 + side).padStart(5, '0')}`,
      ),
    }));
    const deployment = parseDeployment({ ...exampleConfig, pairs: many, clusters: [] });
    expect(problemOf(() => checkBudgets(deployment))).toContain('pairs: 31 have a broker in us-east-1');
  });
});
