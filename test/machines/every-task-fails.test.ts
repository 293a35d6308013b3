import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { machines } from '../../infra/catalogue.ts';
import { type TaskCall, TaskFailure } from '../../simulator/engine/ports.ts';
import { enterLedger, sendMessages } from '../../testbed/messages.ts';
import { createReplicaInput, east, west } from '../../testbed/orders.ts';
import type { WorkflowEnd } from '../../testbed/testbed.ts';
import type { PairSettings } from '../../testbed/testbed-plan.ts';
import { createLedgerTestbed, createTestbed, switchoverInput, type TestbedOptions } from '../support/testbed.ts';

/** Machines whose runs this file knows how to start; the others have files of their own. */
const walked = ['create-replica', 'switchover', 'failover', 'failback', 'reconcile'];

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Catch?: readonly { readonly Assign?: Readonly<Record<string, unknown>> }[];
}

const definitionOf = (file: string): { readonly States: Readonly<Record<string, State>> } =>
  JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));

const taskStates = machines
  .filter(({ name }) => walked.includes(name))
  .flatMap(({ name, definition }) =>
    Object.entries(definitionOf(definition).States)
      .filter(([, state]) => state.Type === 'Task')
      .map(([state, { Resource, Catch = [] }]) => ({
        machine: name,
        state,
        // The start of another execution fails by the names of Step Functions.
        transient: Resource?.includes(':states:::states:')
          ? ['StepFunctions.AWSStepFunctionsException', 'StepFunctions.SdkClientException']
          : ['ServiceUnavailable', 'Lambda.Unknown'],
        // An error of any name either becomes the run's failure, or the run goes on.
        failsTheRun: Catch.some((catcher) => 'failure' in (catcher.Assign ?? {})),
      })),
  );

type Replacement = ReturnType<TestbedOptions['replaceTask'] & {}>;

/** A way to bring a run to states that a healthy one does not reach. */
interface Setup {
  readonly settings?: PairSettings;
  /** The switchover is accepted and never takes effect. */
  readonly stuck?: boolean;
  /** What a state sees instead of its function, in every try. */
  readonly replace?: Readonly<Record<string, Replacement>>;
}

const refused = {
  result: { outcome: 'refused', blockers: [{ code: 'TEST', message: 'test', evidence: {} }], warnings: [] },
};
const broken = new TaskFailure('NotFound', 'broken by the setup');

const setups: Readonly<Record<string, Setup>> = {
  healthy: {},
  approval: { settings: { rebootApproval: 'required', approvalSeconds: 120 } },
  stalled: { stuck: true },
  asked: { stuck: true, settings: { escalation: { mode: 'ask' }, approvalSeconds: 60 } },
  escalated: { stuck: true, settings: { escalation: { mode: 'auto', lossBudgetEvents: 1_000_000 } } },
  refusedAtWrite: { replace: { PromoteReplica: refused, RequestFailover: refused } },
  brokenAtWrite: { replace: { PromoteReplica: broken, RequestFailover: broken } },
  brokenAtStart: {
    replace: {
      AssessEligibility: broken,
      AssessSwitchover: broken,
      AssessFailover: broken,
      AssessFailback: broken,
      AssessReconcile: broken,
    },
  },
  reconciledByHalf: {
    replace: {
      SwitchOver: { result: { outcome: 'SwitchedOver', warnings: [], reconciliation: { outcome: 'Incomplete' } } },
    },
  },
};

const setupFor = (machine: string, state: string): string => {
  const known: Readonly<Record<string, string>> = {
    RequestApproval: machine === 'create-replica' ? 'approval' : 'asked',
    CheckApproval: 'approval',
    ReportStall: 'stalled',
    ReleaseAfterStall: 'stalled',
    ReleaseHeld: 'refusedAtWrite',
    ReleaseHeldAfterFailure: 'brokenAtWrite',
    ReportFailure: 'brokenAtStart',
    ReleaseAfterFailure: 'brokenAtStart',
    ReconcileAgain: 'reconciledByHalf',
    ...(machine === 'switchover' && {
      RequestFailover: 'escalated',
      ObserveFailover: 'escalated',
      RecordFence: 'escalated',
      SettleFailover: 'escalated',
    }),
  };
  return known[state] ?? 'healthy';
};

/** Makes the tries of one state fail with the errors given, in order; later tries run. */
const failing = (state: string, errors: readonly string[]) => {
  const left = [...errors];
  return ({ stateName }: TaskCall): Replacement => {
    const error = stateName === state ? left.shift() : undefined;
    return error === undefined ? undefined : new TaskFailure(error, `injected into ${state}`);
  };
};

/** Where each machine is started. */
const startRegion: Readonly<Record<string, string>> = {
  'create-replica': east,
  switchover: west,
  failover: west,
  failback: east,
  reconcile: east,
};

/** Everything that a run needs before it starts: for a failback a failover, for a reconciliation something to remove. */
const prepared = async (machine: string, options: TestbedOptions) => {
  if (machine !== 'failback' && machine !== 'reconcile') {
    const testbed = await createTestbed({ ...options, paired: machine !== 'create-replica' });
    return { testbed, prepare: async () => {} };
  }
  const testbed = await createLedgerTestbed({}, options);
  const prepare = async (): Promise<void> => {
    sendMessages(testbed, 'orders', 'work', ['m1', 'm2']);
    await enterLedger(testbed, east, 'work', ['m1']);
    if (machine === 'reconcile') return;
    await testbed.run('failover', west, { pair: 'orders', reason: 'test', acceptDataLoss: true });
    await testbed.clock.sleepMs(600_000);
  };
  return { testbed, prepare };
};

const run = async (machine: string, setupName: string, inject: (call: TaskCall) => Replacement = () => undefined) => {
  const setup = setups[setupName] ?? {};
  const { testbed, prepare } = await prepared(machine, {
    replaceTask: (call) =>
      call.machineName === machine ? (inject(call) ?? setup.replace?.[call.stateName]) : undefined,
    settings: setup.settings ?? {},
  });
  if (setup.stuck) testbed.aws.faults.start({ kind: 'stuck-promotion', mode: 'SWITCHOVER' });
  const input: Readonly<Record<string, Record<string, unknown>>> = {
    'create-replica': createReplicaInput(testbed),
    switchover: switchoverInput(),
    failover: { pair: 'orders', reason: 'test', acceptDataLoss: true },
    failback: { pair: 'orders', reason: 'test' },
    reconcile: { pair: 'orders', reason: 'test', mode: 'auto' },
  };
  const end = await testbed.play(async () => {
    await testbed.clock.sleepMs(300_000);
    await prepare();
    return await testbed.run(machine, startRegion[machine] ?? '', input[machine]);
  });
  return { testbed, end };
};

/** How a run with this setup ends when nothing is injected; each is run once. */
const undisturbedRuns = new Map<string, Promise<ReturnType<typeof outcomeOf>>>();

const undisturbedOutcome = (machine: string, setup: string): Promise<ReturnType<typeof outcomeOf>> => {
  const key = `${machine} ${setup}`;
  const outcome = undisturbedRuns.get(key) ?? run(machine, setup).then(({ end }) => outcomeOf(end));
  undisturbedRuns.set(key, outcome);
  return outcome;
};

const outcomeOf = ({ status, error, output }: WorkflowEnd) => ({ status, error, outcome: output?.outcome });

describe.each(taskStates)('$machine, $state', ({ machine, state, transient, failsTheRun }) => {
  const setup = setupFor(machine, state);
  let undisturbed: ReturnType<typeof outcomeOf>;

  beforeAll(async () => {
    undisturbed = await undisturbedOutcome(machine, setup);
  });

  it('is tried again after a transient error, and the run ends as it would have', async () => {
    const { testbed, end } = await run(machine, setup, failing(state, transient));
    const retried = testbed.transitions.filter(({ stateName, kind }) => stateName === state && kind === 'retried');
    expect(retried.map(({ error }) => error)).toEqual(transient);
    expect(outcomeOf(end)).toEqual(undisturbed);
  });

  it(
    failsTheRun ? 'ends the run with its error when it fails for good' : 'lets the run go on when it fails for good',
    async () => {
      const { testbed, end } = await run(machine, setup, failing(state, ['AccessDenied']));
      expect(testbed.transitions.some(({ stateName, kind }) => stateName === state && kind === 'caught')).toBe(true);
      if (!failsTheRun) return expect(outcomeOf(end)).toEqual(undisturbed);
      expect(outcomeOf(end)).toEqual({ status: 'FAILED', error: 'AccessDenied', outcome: undefined });
      expect(end.cause).toBe(`injected into ${state}`);
    },
  );
});
