import type { State } from '../definition/definition.ts';
import { edgeName } from '../definition/transitions.ts';
import type { Json } from '../expression/json.ts';
import type { Frame } from './frame.ts';
import { type ExecutionRun, observe, payloadDetails, record } from './run.ts';
import { type StateResult, StateScope } from './state-scope.ts';
import { runChoice } from './states/choice.ts';
import { runFail } from './states/fail.ts';
import { runMap } from './states/map.ts';
import { runParallel } from './states/parallel.ts';
import { runPass } from './states/pass.ts';
import { runSucceed } from './states/succeed.ts';
import { runTask } from './states/task.ts';
import { runWait } from './states/wait.ts';

const dispatch = (run: ExecutionRun, frame: Frame, state: State, resumed: boolean): Promise<StateResult> => {
  switch (state.Type) {
    case 'Task':
      return runTask(new StateScope(run, frame, state, resumed));
    case 'Choice':
      return runChoice(new StateScope(run, frame, state, resumed));
    case 'Wait':
      return runWait(new StateScope(run, frame, state, resumed));
    case 'Pass':
      return runPass(new StateScope(run, frame, state, resumed));
    case 'Succeed':
      return runSucceed(new StateScope(run, frame, state, resumed));
    case 'Fail':
      return runFail(new StateScope(run, frame, state, resumed));
    case 'Parallel':
      return runParallel(new StateScope(run, frame, state, resumed), runFrame);
    case 'Map':
      return runMap(new StateScope(run, frame, state, resumed), runFrame);
  }
};

const enter = (run: ExecutionRun, frame: Frame, state: State): void => {
  frame.enteredAtMs = run.services.clock.nowMs();
  frame.enteredEventId = record(run, frame, `${state.Type}StateEntered`, {
    ...payloadDetails('input', frame.input),
    name: frame.stateName,
  });
  run.execution.transitions++;
  run.coverage.visitState(frame.stateName);
  observe(run, frame, 'entered', state.Type);
};

const exit = (run: ExecutionRun, frame: Frame, state: State, result: StateResult): void => {
  const assigned = Object.entries(result.assigned);
  for (const [name, value] of assigned) frame.variables.set(name, value);
  // A Fail state is never left: it throws.
  const type = state.Type as Exclude<State['Type'], 'Fail'>;
  record(run, frame, `${type}StateExited`, {
    ...(assigned.length === 0
      ? {}
      : {
          assignedVariables: Object.fromEntries(assigned.map(([name, value]) => [name, JSON.stringify(value)])),
          assignedVariablesDetails: { truncated: false },
        }),
    name: frame.stateName,
    ...payloadDetails('output', result.output),
  });
  if (result.transition !== undefined) run.coverage.visitEdge(edgeName(frame.stateName, result.transition));
  observe(run, frame, 'exited', state.Type, result.transition === undefined ? {} : { next: result.transition.next });
};

/**
 * Follows a path of states to its end and returns the output. A path that a redrive resumes goes on in the state it
 * stands in.
 *
 * @throws StateFailure that ended the path
 * @throws HistoryFullError when the execution has no event left
 */
export const runFrame = async (run: ExecutionRun, frame: Frame): Promise<Json> => {
  frame.status = 'running';
  let resumed = frame.resuming;
  frame.resuming = false;
  for (;;) {
    const state = frame.graph.States[frame.stateName];
    if (state === undefined) throw new Error(`the state "${frame.stateName}" is not in its graph`);
    // A Task, Parallel or Map state that failed was entered before; the service schedules its work again.
    const reenters = !(state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map');
    if (!resumed || reenters) enter(run, frame, state);
    const result = await dispatch(run, frame, state, resumed);
    resumed = false;
    exit(run, frame, state, result);
    frame.children = [];
    if (result.transition === undefined) {
      frame.status = 'succeeded';
      frame.output = result.output;
      return result.output;
    }
    frame.stateName = result.transition.next;
    frame.input = result.output;
  }
};
