import { readFileSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { functions, machines } from '../../../infra/catalogue.ts';
import { renderDefinition } from '../../../infra/definition.ts';
import { functionArn } from '../../../testbed/lambda.ts';

interface State {
  readonly Type: string;
  readonly Comment?: string;
}

const machineArns = Object.fromEntries(
  machines.map(({ name }) => [name, `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`]),
);

const rendered = machines.map((machine) => {
  const text = readFileSync(new URL(`../../../${machine.definition}`, import.meta.url), 'utf8');
  const arns = Object.fromEntries(functions.map(({ name }) => [name, functionArn('123456789012', 'us-east-1', name)]));
  return {
    name: machine.name,
    definition: JSON.parse(renderDefinition(machine, text, arns, machineArns)) as { States: Record<string, State> },
  };
});

/** Operators that a reader must hold in the head at once; more belong into a function. */
const maxOperators = 3;

const expressionsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.startsWith('{%') ? [value.slice(2, -2)] : [];
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : [];
};

const operatorsIn = (expression: string): number =>
  expression.replace(/'[^']*'/g, "''").match(/ (?:and|or|in|[=<>&+\-*/%?:]|!=|<=|>=) /g)?.length ?? 0;

describe.each(rendered)('definition of $name', ({ definition }) => {
  it('is valid to an independent validator', () => {
    const { isValid, errorsText } = aslValidator(definition);
    expect(isValid ? '' : errorsText()).toBe('');
  });

  it('gives a reason for every state', () => {
    const silent = Object.entries(definition.States).filter(([, state]) => (state.Comment ?? '').length < 20);
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('keeps its expressions short', () => {
    const long = expressionsIn(definition).filter((expression) => operatorsIn(expression) > maxOperators);
    expect(long).toEqual([]);
  });
});

it('counts operators, so that the limit can be exceeded', () => {
  expect(operatorsIn(" $a = 1 and $b = 'x and y' ")).toBe(3);
  expect(operatorsIn(' $a + $b + $c + $d + $e ')).toBe(4);
});
