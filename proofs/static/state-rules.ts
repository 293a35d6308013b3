import { leaseSeconds } from '../../functions/control/guards.ts';
import { errorCatalogue } from '../../functions/runtime/errors.ts';
import { functions, functionTimeoutSeconds } from '../../infra/catalogue.ts';
import type { State, TaskState } from '../../simulator/engine/definition/definition.ts';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { expressionSource, isExpression } from '../../simulator/engine/expression/evaluator.ts';
import { childContracts, functionContracts } from '../contracts/index.ts';
import { treeOf } from './abstract-value.ts';
import { awaitsChild, childOf, functionOf } from './called.ts';
import type { ProvenMachine } from './load-machines.ts';
import type { StaticRule, Violation } from './violation.ts';

/** Names that Lambda's integration gives to calls that may be tried again, and to functions that died. */
const transientOfLambda: readonly string[] = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];

/** The same for executions that a Task starts: StateStep Functions throttled or failed. */
const transientOfStepFunctions: readonly string[] = [
  'StepFunctions.AWSStepFunctionsException',
  'StepFunctions.SdkClientException',
];

const catalogue = Object.entries(errorCatalogue).map(([name, ErrorClass]) => ({ name, kind: new ErrorClass('').kind }));
const transientNames = catalogue.filter(({ kind }) => kind === 'transient').map(({ name }) => name);

/** Every name that a Catch may mention. */
const knownNames: ReadonlySet<string> = new Set([
  ...catalogue.map(({ name }) => name),
  ...transientOfLambda,
  ...transientOfStepFunctions,
  'States.ALL',
  'States.Timeout',
  'States.TaskFailed',
]);

type ReportViolation = (rule: StaticRule, message: string) => void;

const secondsOf = (value: number | string | undefined): number | undefined => {
  if (typeof value !== 'string' || !isExpression(value)) return typeof value === 'number' ? value : undefined;
  const tree = treeOf(expressionSource(value));
  return tree.type === 'number' && typeof tree.value === 'number' ? tree.value : undefined;
};

const checkTimeout = (state: TaskState, machines: readonly ProvenMachine[], report: ReportViolation): void => {
  const seconds = secondsOf(state.TimeoutSeconds);
  if (seconds === undefined) {
    report('timeout', 'has no TimeoutSeconds that is a number');
    return;
  }
  const functionName = functionOf(state);
  const ownSeconds = functions.find(({ name }) => name === functionName)?.timeoutSeconds;
  const functionSeconds = ownSeconds ?? functionTimeoutSeconds;
  if (functionName !== undefined && seconds <= functionSeconds) {
    report('timeout', `gives up after ${seconds} s, while its function may run for ${functionSeconds} s`);
  }
  // A function with a time of its own extends the lock while it works.
  if (functionName !== undefined && ownSeconds === undefined && seconds >= leaseSeconds) {
    report('timeout', `waits for ${seconds} s, longer than a lock is held without renewal, ${leaseSeconds} s`);
  }
  const child = childOf(state);
  const childSeconds = machines.find(({ name }) => name === child)?.definition.TimeoutSeconds;
  const mayBeCut = child !== undefined && childContracts[child]?.cutShort !== undefined;
  if (awaitsChild(state) && childSeconds !== undefined && seconds <= childSeconds && !mayBeCut) {
    report('timeout', `gives up after ${seconds} s, while the run that it awaits may take ${childSeconds} s`);
  }
};

const wantedRetries = (state: TaskState): readonly string[] => {
  const child = childOf(state);
  if (child === undefined) return [...transientNames, ...transientOfLambda, 'States.Timeout'];
  // A child run has done its work, or was given up: awaiting it once more is no retry of the same thing.
  return transientOfStepFunctions;
};

const checkRetry = (state: TaskState, report: ReportViolation): void => {
  const wanted = wantedRetries(state);
  const allowed = childOf(state) === undefined ? wanted : [...wanted, 'States.Timeout'];
  const retriers = state.Retry ?? [];
  const names = retriers.flatMap(({ ErrorEquals }) => ErrorEquals);
  for (const name of wanted) if (!names.includes(name)) report('retry', `does not retry ${name}`);
  for (const name of names) if (!allowed.includes(name)) report('retry', `retries ${name}, which is not transient`);
  for (const { MaxAttempts } of retriers) {
    if (MaxAttempts === undefined) report('retry', 'retries without saying how often');
  }
};

const checkTask = (state: TaskState, machines: readonly ProvenMachine[], report: ReportViolation): void => {
  const functionName = functionOf(state);
  const child = childOf(state);
  if (functionName !== undefined && functionContracts[functionName] === undefined) {
    report('classified', `calls ${functionName}, about which proofs/contracts/index.ts says nothing`);
  }
  if (child !== undefined && childContracts[child] === undefined) {
    report('classified', `starts ${child}, for which proofs/contracts/index.ts names no guards`);
  }
  checkTimeout(state, machines, report);
  checkRetry(state, report);
  for (const name of (state.Catch ?? []).flatMap(({ ErrorEquals }) => ErrorEquals)) {
    if (!knownNames.has(name)) report('error-names', `catches ${name}, which nothing raises`);
  }
};

/** Rules that each state keeps by itself, and that the machine keeps as a whole. */
export const stateViolations = (machine: ProvenMachine, machines: readonly ProvenMachine[]): readonly Violation[] => {
  const violations: Violation[] = [];
  const { name, definition } = machine;
  if (definition.TimeoutSeconds === undefined) {
    violations.push({ rule: 'timeout', machine: name, message: 'has no TimeoutSeconds', path: [] });
  }
  const placed: readonly { readonly name: string; readonly state: State }[] = allStates(definition);
  for (const { name: stateName, state } of placed) {
    if (state.Type !== 'Task') continue;
    checkTask(state, machines, (rule, message) =>
      violations.push({ rule, machine: name, state: stateName, message, path: [stateName] }),
    );
  }
  return violations;
};

/** Facts about functions and machines that no definition uses: they have moved on. */
export const staleFacts = (machines: readonly ProvenMachine[]): readonly Violation[] => {
  const states = machines.flatMap(({ definition }) => allStates(definition).map(({ state }) => state));
  const functions = states.map(functionOf);
  const children = states.map(childOf);
  const stale = [
    ...Object.keys(functionContracts).filter((name) => !functions.includes(name)),
    ...Object.keys(childContracts).filter((name) => !children.includes(name)),
  ];
  return stale.map((name) => ({
    rule: 'classified',
    machine: '(all)',
    message: `proofs/contracts/index.ts describes ${name}, which no definition uses`,
    path: [],
  }));
};
