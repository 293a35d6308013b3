import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { functions } from '../../infra/catalogue.ts';
import { parseDeployment } from '../../infra/config/config.ts';
import exampleConfig from '../../infra/config.example.ts';
import { functionPolicy, wildcardsOf } from '../../infra/grants/function-policy.ts';
import { scopesOf } from '../../infra/grants/scope.ts';
import { makeApp } from '../support/infra/synthesised.ts';

describe('the checks of templates', () => {
  it('find nothing that is not acknowledged, and look at everything', () => {
    const app = makeApp();
    const [control] = app.controls;
    if (control === undefined) throw new TypeError('the example has a Region');
    // cdk-nag stumbles over the one, CloudFormation's schema over the other, and nothing stumbles over anything else.
    new CfnQueue(control, 'Careless', { queueName: 'careless' });
    new CfnLogGroup(control, 'Wrong').addPropertyOverride('RetentionInDays', 8);
    expect(foundBy(() => app.synth())).toEqual(['MqDrControl-us-east-1/Careless', 'MqDrControl-us-east-1/Wrong']);
    // A finding is told with a stack trace of its own, which takes its time on a busy machine.
  }, 240_000);
});

/** Paths of the constructs that the validation complains of. */
const foundBy = (synth: () => unknown): readonly string[] => {
  try {
    synth();
  } catch (error) {
    return [...new Set([...String(error).matchAll(/^\s+(MqDr\S+) /gm)].map(([, path = '']) => path))];
  }
  return [];
};

describe('a wildcard in a policy', () => {
  it.each(scopesOf(parseDeployment(exampleConfig)))('has a reason of its own in $region', (scope) => {
    for (const spec of functions) {
      const platform = { inNetwork: spec.contactsBrokers === true, calledByRules: true };
      const wild = functionPolicy(spec, scope, platform)
        .Statement.flatMap(({ Resource }) => Resource)
        .filter((arn) => arn.includes('*'));
      const reasons = new Map(
        wildcardsOf(spec, scope, platform).map(({ resource, reasons: texts }) => [resource, texts.join()]),
      );
      for (const arn of wild) expect(reasons.get(arn)?.length, `${spec.name} ${arn}`).toBeGreaterThan(20);
      expect(reasons.size).toBe(new Set(wild).size);
      for (const { Action } of functionPolicy(spec, scope, platform).Statement)
        expect(Action.join()).not.toContain('*');
    }
  });
});
