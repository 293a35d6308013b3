import type * as z from 'zod/mini';
import { driftInputSchema } from '../functions/policy-drift/drift-input.ts';
import { failbackInputSchema } from '../functions/promotion/failback-input.ts';
import { failoverInputSchema } from '../functions/promotion/failover-input.ts';
import { switchoverInputSchema } from '../functions/promotion/switchover-input.ts';
import { readinessInputSchema } from '../functions/readiness/readiness-input.ts';
import { reconcileInputSchema } from '../functions/reconciliation/reconcile-input.ts';
import { createReplicaInputSchema } from '../functions/replica/replica-request.ts';
import { unpairInputSchema } from '../functions/replica/unpair-input.ts';
import { didYouMean } from '../functions/runtime/nearest-name.ts';
import { OperatorError } from './operator-error.ts';

/** An input as it will be sent. */
export type Input = Readonly<Record<string, unknown>>;

/** A workflow that an operator may start. */
export interface OperatorWorkflow {
  readonly name: string;
  /** What clients would notice, for the question before the start; undefined where nothing has to be confirmed. */
  readonly effect?: (input: Input) => string | undefined;
  /** What it takes; the deployed workflow checks the same again. */
  readonly input: z.ZodMiniObject;
  /**
   * Where it has to be started: in the Region of the target that its input names (`target`), in a Region that the
   * operator must name because the input names none and the workflow acts on the broker of its own Region: the one that
   * takes over (`taking-over`) or the one that is the primary (`primary`); or anywhere.
   */
  readonly startsIn: 'target' | 'taking-over' | 'primary' | 'any';
}

const unpairEffect = ({ deleteReplica, replicaBrokerId }: Input): string =>
  deleteReplica === true
    ? `It ends replication, reboots the primary and deletes the broker ${replicaBrokerId} with everything it stores.`
    : 'It ends replication and reboots the primary.';

const reconcileEffect = ({ mode = 'report', manifest }: Input): string | undefined => {
  switch (mode) {
    case 'repair':
      return `It moves the messages that manifest ${manifest} proves processed from the queues to the quarantine.`;
    case 'auto':
      return 'It moves the messages that the ledger proves processed from the queues to the quarantine.';
    case 'configured':
      return "It does what the pair's settings say for promotions, which may include moving messages from the queues to the quarantine.";
    default:
      return undefined;
  }
};

const workflows: readonly OperatorWorkflow[] = [
  { name: 'create-replica', input: createReplicaInputSchema, startsIn: 'any' },
  {
    name: 'switchover',
    effect: () => 'Both brokers refuse clients until their roles are exchanged. It cannot be cancelled.',
    input: switchoverInputSchema,
    startsIn: 'target',
  },
  {
    name: 'failover',
    effect: () => 'Whatever has not been replicated stays on the old primary.',
    input: failoverInputSchema,
    startsIn: 'taking-over',
  },
  {
    name: 'failback',
    effect: () =>
      'Both brokers refuse clients until their roles are exchanged. It cannot be cancelled. ' +
      'Consumers then receive what was left behind.',
    input: failbackInputSchema,
    startsIn: 'taking-over',
  },
  { name: 'reconcile', effect: reconcileEffect, input: reconcileInputSchema, startsIn: 'primary' },
  { name: 'unpair', effect: unpairEffect, input: unpairInputSchema, startsIn: 'any' },
  {
    name: 'policy-drift',
    effect: ({ mode = 'report' }) => (mode === 'report' ? undefined : `It writes policies of the cluster (${mode}).`),
    input: driftInputSchema,
    startsIn: 'any',
  },
  { name: 'readiness', input: readinessInputSchema, startsIn: 'any' },
];

export const workflowNames: readonly string[] = workflows.map(({ name }) => name);

/** The workflow with this name. @throws OperatorError with the nearest name */
export const findWorkflow = (name: string): OperatorWorkflow => {
  const found = workflows.find((workflow) => workflow.name === name);
  if (found === undefined) throw OperatorError.usage(`unknown workflow "${name}"${didYouMean(name, workflowNames)}`);
  return found;
};
