import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { Evaluator } from '../../../../simulator/engine/expression/evaluator.ts';
import { jsonataFunctions } from '../../../../simulator/engine/expression/functions.ts';
import { inspectExpression } from '../../../../simulator/engine/expression/inspect-expression.ts';

describe('the list of JSONata functions', () => {
  it('has only functions that the library has', async () => {
    for (const name of jsonataFunctions) {
      expect(await jsonata(`$type($${name})`).evaluate({}), name).toBe('function');
    }
  });
});

describe('the evaluator', () => {
  it('does not know $eval', async () => {
    const evaluator = new Evaluator({ nowMs: () => 0, random: () => 0.5 });
    const bindings = { states: {}, variables: new Map() };
    await expect(evaluator.evaluate('{% $eval("1 + 1") %}', bindings, 'Output')).rejects.toThrow(
      "The JSONata expression '$eval(\"1 + 1\")' specified for the field 'Output' threw an error during evaluation. T1006: ",
    );
  });
});

describe('what an expression refers to', () => {
  it.each([
    ['$a + $b.c', ['a', 'b'], []],
    ['($x := $a; $x + 1)', ['a'], []],
    ['$map($a, function($v, $i) { $v.price * $i })', ['map', 'a'], []],
    ['$a[price > $limit].name', ['a', 'limit'], []],
    ['$a.b@$f#$i[$i > 1].($f.x)', ['a'], []],
    ['$a.{"k": name}', ['a'], []],
    ['$a{kind: $sum(n)}', ['a', 'sum'], []],
    ['$a^(>price, name)', ['a'], []],
    ['$a ~> $sum ~> $string', ['a', 'sum', 'string'], []],
    ['$a ~> |b|{"c": d}|', ['a'], []],
    ['price', [], ['price']],
    ['$a + price.x', ['a'], ['price']],
    ['{"k": name}', [], ['name']],
    ['[*]', [], ['*']],
    ['$filter($a, function($v) { $v = $ })', ['filter', 'a'], ['$']],
    ['$a.(b + $)', ['a'], []],
    ['$a.$$', ['a'], ['$$']],
  ] as const)('%s', (source, variables, contextUses) => {
    const facts = inspectExpression(source);
    expect([...facts.variables].sort()).toEqual([...variables].sort());
    expect([...facts.contextUses]).toEqual(contextUses);
  });

  it('names the members of $states that are read', () => {
    expect(inspectExpression('$states.context.State.Name & $states.input.a[b = $states.result.c]').statesPaths).toEqual(
      [
        ['context', 'State', 'Name'],
        ['input', 'a'],
        ['result', 'c'],
      ],
    );
  });
});
