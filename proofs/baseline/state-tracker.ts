import type { ApiCallAttempt } from '../../simulator/api/api-call.ts';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import type { TransitionEvent } from '../../simulator/engine/ports.ts';
import { functionOf } from '../static/called.ts';
import type { ProvenMachine } from '../static/load-machines.ts';

/** The state on whose behalf a call is made. */
export interface CallPlace {
  readonly executionName: string;
  readonly state: string;
  /** How often the execution has entered the state so far, this visit included. */
  readonly visit: number;
}

/** Knows from the callers' names which state of which execution a function works for. */
export class StateTracker {
  readonly #machine: string;
  readonly #functions: ReadonlyMap<string, string>;
  readonly #places = new Map<string, CallPlace>();
  readonly #visits = new Map<string, number>();

  constructor({ name, definition }: ProvenMachine) {
    this.#machine = name;
    this.#functions = new Map(
      allStates(definition).flatMap(({ name: stateName, state }) => {
        const functionName = functionOf(state);
        return functionName === undefined ? [] : [[stateName, functionName] as const];
      }),
    );
  }

  /** Follows the executions; called with every transition. */
  onTransition({ kind, machineName, executionArn, stateName }: TransitionEvent): void {
    const functionName = this.#functions.get(stateName);
    if (kind !== 'entered' || machineName !== this.#machine || functionName === undefined) return;
    const executionName = executionArn.split(':').at(-1) ?? '';
    const visits = `${executionName} ${stateName}`;
    const visit = (this.#visits.get(visits) ?? 0) + 1;
    this.#visits.set(visits, visit);
    this.#places.set(`${this.#machine} ${executionName}: ${functionName}`, { executionName, state: stateName, visit });
  }

  /** Where a call comes from; undefined for callers that are no functions of this machine. */
  placeOf({ caller }: Pick<ApiCallAttempt, 'caller'>): CallPlace | undefined {
    // Branches of a function have a number behind the function's name.
    return caller === undefined ? undefined : this.#places.get(caller.replace(/(?:\/\d+)+$/, ''));
  }
}
