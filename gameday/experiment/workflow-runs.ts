import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Signal } from '../../simulator/clock/virtual-clock.ts';
import type { Json } from '../../simulator/engine/expression/json.ts';
import type { Testbed, WorkflowEnd } from '../../testbed/testbed.ts';
import { unknownName } from './scenario/problems.ts';
import { StepFailedError } from './step-failed.ts';

/** Workflows that the steps of an experiment start and wait for. */
export class WorkflowRuns {
  readonly #testbed: Testbed;
  readonly #entries = new Map<string, Signal>();
  readonly #named = new Map<string, string>();
  readonly #expected = new Map<string, string>();
  #started = 0;

  constructor(testbed: Testbed) {
    this.#testbed = testbed;
    testbed.observe({
      transition: ({ machineName, stateName, kind }) => {
        if (kind === 'entered') this.#entryOf(machineName, stateName).fire();
      },
    });
  }

  /**
   * Starts an execution, and remembers it under `label` for `awaitEndOf`.
   *
   * @throws StepFailedError when the Region has no such workflow
   */
  async start(label: string, workflow: string, region: string, input: Json, expected: string): Promise<string> {
    this.#started += 1;
    const client = this.#testbed.client(SFNClient, region);
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
    const names = stateMachines.map((machine) => machine.name ?? '').sort();
    if (!names.includes(workflow)) {
      throw new StepFailedError(`${unknownName('workflow', workflow, names)} (in ${region})`);
    }
    const name = `game-day-${this.#started}-${workflow}`;
    const executionArn = await this.#testbed.start(workflow, region, input, name);
    this.#named.set(label, executionArn);
    this.#expected.set(executionArn, expected);
    return executionArn;
  }

  /** The status that the scenario expects an execution to end in; executions that nobody expects should succeed. */
  expectedStatus(executionArn: string): string {
    return this.#expected.get(executionArn) ?? 'SUCCEEDED';
  }

  /** @throws StepFailedError when nothing was started under that label */
  async awaitEndOf(label: string): Promise<WorkflowEnd> {
    const executionArn = this.#named.get(label);
    if (executionArn === undefined) {
      throw new StepFailedError(unknownName('workflow run', label, [...this.#named.keys()]));
    }
    return await this.#testbed.end(executionArn);
  }

  /**
   * Waits until any execution of the workflow has entered the state, at once if one has before. The waiter gets its
   * turn before the state's own function.
   *
   * @throws StepFailedError when none does within `seconds` of virtual time
   */
  async awaitState(workflow: string, state: string, seconds: number): Promise<void> {
    const { clock } = this.#testbed;
    const entry = this.#entryOf(workflow, state);
    const over = clock.signal();
    const wake = (name: string, wait: () => Promise<void>) =>
      clock.spawn(`${name} ${workflow} ${state}`, async () => {
        await wait();
        over.fire();
      });
    const waiters = [wake('entry of', () => entry.wait()), wake('timeout of', () => clock.sleepMs(seconds * 1_000))];
    await over.wait();
    for (const waiter of waiters) clock.kill(waiter);
    if (!entry.fired) throw new StepFailedError(`no ${workflow} entered ${state} within ${seconds} s`);
  }

  #entryOf(machine: string, state: string): Signal {
    const key = `${machine} ${state}`;
    const entry = this.#entries.get(key) ?? this.#testbed.clock.signal();
    this.#entries.set(key, entry);
    return entry;
  }
}
