import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWireErrors } from '../../functions/reconciliation/openwire/openwire-errors.ts';
import { DrError, errorCatalogue } from '../../functions/runtime/errors.ts';
import { functions, functionTimeoutSeconds, machines } from '../../infra/catalogue.ts';
import { functionsOf, renderDefinition } from '../../infra/definition.ts';
import { regionRules } from '../../infra/triggers.ts';

const root = resolve(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(resolve(root, path), 'utf8');

/** Names that Lambda's integration gives to calls that may be tried again, and to functions that died. */
const transientOfLambda = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];
/** The same for executions that a Task starts: Step Functions throttled or failed. */
const transientOfStepFunctions = ['StepFunctions.AWSStepFunctionsException', 'StepFunctions.SdkClientException'];
/** The only names of the States Language that our definitions use. */
const ofStates = ['States.ALL', 'States.Timeout'];

const catalogue = Object.entries(errorCatalogue).map(([key, ErrorClass]) => ({ key, error: new ErrorClass('why') }));
const transientNames = catalogue.filter(({ error }) => error.kind === 'transient').map(({ key }) => key);

interface Handler {
  readonly ErrorEquals: readonly string[];
}
interface Task {
  readonly Resource?: string;
  readonly TimeoutSeconds?: unknown;
  readonly Retry?: readonly Handler[];
  readonly Catch?: readonly Handler[];
}

const definitionFiles = readdirSync(resolve(root, 'statemachines')).filter((name) => name.endsWith('.asl.json'));
const functionArns = Object.fromEntries(functions.map(({ name }) => [name, `arn:aws:lambda:function:${name}`]));
const machineArns = Object.fromEntries(machines.map(({ name }) => [name, `arn:aws:states:stateMachine:${name}`]));

/** Every Task of a definition, also inside Map and Parallel, with its name. */
const tasksIn = (value: unknown, name = ''): { readonly name: string; readonly task: Task }[] => {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, member]) => tasksIn(member, key));
  return (value as { Type?: unknown }).Type === 'Task' ? [{ name, task: value as Task }, ...inside] : inside;
};

const tasks = definitionFiles.flatMap((file) =>
  tasksIn(JSON.parse(textOf(`statemachines/${file}`))).map(({ name, task }) => ({ file, name, task })),
);
const namesIn = (handlers: readonly Handler[] = []): readonly string[] => handlers.flatMap((each) => each.ErrorEquals);

describe('the error catalogue', () => {
  it.each(catalogue)('has $key under its literal name, without details unless given', ({ key, error }) => {
    expect(error).toBeInstanceOf(DrError);
    expect(error).toMatchObject({ name: key, message: 'why', details: {} });
  });

  it('has every error class that the functions define or throw', () => {
    const sources = readdirSync(resolve(root, 'functions'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => textOf(`functions/${path}`))
      .join('\n');
    const defined = [...sources.matchAll(/class (\w+) extends (?:DrError|OpenWireError|Error)\b/g)].map(
      (match) => match[1] ?? '',
    );
    const thrown = [...sources.matchAll(/throw new (\w+)\(/g)].map((match) => match[1] ?? '');
    expect(defined).toEqual(expect.arrayContaining(Object.keys(errorCatalogue)));
    // DrError is the base; a plain Error only ever ends inside the adapter that raises it. The OpenWire client has errors
    // of its own, which whoever uses it translates.
    const ofOpenWire = ['OpenWireError', ...Object.keys(openWireErrors)];
    const known = ['DrError', 'Error', ...Object.keys(errorCatalogue), ...ofOpenWire];
    expect([...defined, ...thrown].filter((name) => !known.includes(name))).toEqual([]);
    expect(thrown.length).toBeGreaterThan(10);
  });
});

describe('the errors of the OpenWire client', () => {
  it.each(Object.entries(openWireErrors))('have %s under its literal name', (name, ErrorClass) => {
    expect(new ErrorClass('why')).toMatchObject({ name, message: 'why', details: {} });
  });

  it('share no name with those that workflows know', () => {
    expect(Object.keys(openWireErrors).filter((name) => name in errorCatalogue)).toEqual([]);
  });
});

describe('the state machines', () => {
  it('are exactly those of the deployment', () => {
    expect(definitionFiles.map((file) => `statemachines/${file}`).sort()).toEqual(
      machines.map(({ definition }) => definition).sort(),
    );
  });

  it.each(machines)('$name gets all its substitutions from the deployment', (machine) => {
    const rendered = renderDefinition(machine, textOf(machine.definition), functionArns, machineArns);
    expect(rendered).not.toContain('${');
    expect(() => JSON.parse(rendered)).not.toThrow();
  });

  it.each(tasks)('$file, $name has a timeout, a Retry and a Catch', ({ task }) => {
    expect(task.TimeoutSeconds).toBeDefined();
    expect(task.Retry?.length).toBeGreaterThan(0);
    expect(namesIn(task.Catch)).toContain('States.ALL');
  });

  it.each(tasks)('$file, $name retries every transient error and no other', ({ task }) => {
    const startsExecution = task.Resource?.includes(':states:startExecution') === true;
    const transient = startsExecution ? transientOfStepFunctions : [...transientNames, ...transientOfLambda];
    // A child that takes too long has used up its budget: whether to wait once more is the state's own matter.
    const timeout = startsExecution && !namesIn(task.Retry).includes('States.Timeout') ? [] : ['States.Timeout'];
    expect([...namesIn(task.Retry)].sort()).toEqual([...transient, ...timeout].sort());
  });

  it.each(tasks)('$file, $name catches only errors that exist', ({ task }) => {
    const known = [...Object.keys(errorCatalogue), ...transientOfLambda, ...ofStates];
    expect(namesIn(task.Catch).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(machines)('$name gives a task more time than its function has', ({ parameters }) => {
    expect(parameters.TaskTimeoutSeconds).toBeGreaterThan(functionTimeoutSeconds);
  });
});

describe('the functions of the deployment', () => {
  const names = functions.map(({ name }) => name);

  it('have names of their own', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('are exactly the handlers in the repository', () => {
    const handlers = readdirSync(resolve(root, 'functions'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.handler.ts'))
      .map((path) => `functions/${path}`);
    expect(functions.map(({ entry }) => entry).sort()).toEqual(handlers.sort());
  });

  it('are each used by a definition or a rule', () => {
    const used = [
      ...machines.flatMap(({ definition }) => functionsOf(textOf(definition), names)),
      ...regionRules((name) => name).map((rule): string => ('targetFunction' in rule ? rule.targetFunction : '')),
    ];
    expect(names.filter((name) => !used.includes(name))).toEqual([]);
  });

  it.each(functions)('$name exports a handler, calls itself by its name and has at most 60 lines', async (spec) => {
    expect(existsSync(resolve(root, spec.entry))).toBe(true);
    expect(spec.entry.endsWith(`/${spec.name}.handler.ts`)).toBe(true);
    const module: unknown = await import(resolve(root, spec.entry));
    expect(module).toMatchObject({ handler: expect.any(Function) });
    const source = textOf(spec.entry);
    expect(source).toContain(`name: '${spec.name}'`);
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  it.each(functions)('$name is deployed with the environment that it parses', ({ entry, environment }) => {
    const source = textOf(entry);
    for (const kind of ['pair', 'cluster', 'notify', 'machines'] as const) {
      expect(source.includes(`${kind}EnvironmentSchema`)).toBe(environment.includes(kind));
    }
  });
});
