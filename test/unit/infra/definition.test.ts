import { describe, expect, it } from 'vitest';
import {
  functionSubstitution,
  functionsOf,
  renderDefinition,
  SubstitutionError,
  substitutionNames,
} from '../../../infra/definition.ts';

const machine = (parameters: Readonly<Record<string, number>>) => ({ name: 'm', definition: 'm.asl.json', parameters });
const definition = '{"Resource":"${AssessRebootFunctionArn}","Wait":"{% ${WaitSeconds} + ${WaitSeconds} %}"}';
const arns = { 'assess-reboot': 'arn:assess', 'record-pair': 'arn:record' };

describe('functionSubstitution', () => {
  it.each([
    ['assess-reboot', 'AssessRebootFunctionArn'],
    ['notify', 'NotifyFunctionArn'],
  ])('names %s as %s', (name, substitution) => {
    expect(functionSubstitution(name)).toBe(substitution);
  });
});

describe('substitutionNames', () => {
  it('lists each name once, in order of appearance', () => {
    expect(substitutionNames(definition)).toEqual(['AssessRebootFunctionArn', 'WaitSeconds']);
  });
});

describe('renderDefinition', () => {
  it('fills in every occurrence', () => {
    expect(renderDefinition(machine({ WaitSeconds: 60 }), definition, arns)).toBe(
      '{"Resource":"arn:assess","Wait":"{% 60 + 60 %}"}',
    );
  });

  it('refuses a definition that needs more, and parameters that nothing uses, all at once', () => {
    const render = () => renderDefinition(machine({ WaitSecond: 60 }), definition, { 'record-pair': 'arn:record' });
    expect(render).toThrow(SubstitutionError);
    expect(render).toThrow('missing AssessRebootFunctionArn, WaitSeconds; unused WaitSecond');
  });
});

describe('functionsOf', () => {
  it('lists the functions that a definition calls, and no others', () => {
    expect(functionsOf(definition, Object.keys(arns))).toEqual(['assess-reboot']);
  });
});
