import { describe, expect, it } from 'vitest';
import { functionNameOf } from '../../infra/names.ts';
import { type Resource, synthesise, type Template } from '../support/infra/synthesised.ts';

const synthesised = synthesise();

/** Functions that stand for the others: every function has the same resources, which have tests of their own. */
const shown = ['promote-replica', 'write-heartbeat'].map(functionNameOf);

/** Assets are named by the hash of their content, which changes with every line of code. */
const withoutHashes = (template: Template): Template =>
  JSON.parse(
    JSON.stringify(template)
      .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
      .replace(/Layer[0-9A-F]{8}/g, 'Layer<hash>'),
  );

const isShown = ([id, { Type, Properties }]: readonly [string, Resource]): boolean => {
  if (!/^AWS::(Lambda::Function|IAM::Role|Logs::LogGroup)$/.test(Type)) return true;
  if (id.startsWith('Planemachine')) return id.startsWith('Planemachinefailover');
  const names = [Properties.FunctionName, Properties.RoleName, Properties.LogGroupName].map(String);
  return shown.some((name) => names.some((found) => found.includes(name)));
};

const snapshotOf = (template: Template): string => {
  const { Resources, ...rest } = withoutHashes(template);
  const kept = Object.fromEntries(Object.entries(Resources).filter(isShown));
  return `${JSON.stringify({ Resources: kept, ...rest }, undefined, 1)}\n`;
};

describe('the templates', () => {
  it.each(['MqDrState', 'MqDrControl-us-east-1', 'MqDrAlarms-us-east-1'])(
    'of %s change only when somebody looks at it',
    async (name) => {
      await expect(snapshotOf(synthesised.template(name))).toMatchFileSnapshot(`__snapshots__/${name}.template.json`);
    },
  );
});
