import * as z from 'zod';
import { RabbitRefusal } from '../../../simulator/world/rabbitmq/embedded-cluster.ts';
import { missingCluster } from '../scenario/missing-names.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const place = { cluster: z.string().min(1), vhost: z.string().min(1).default('/'), policy: z.string().min(1) };

/** Turns what the broker refuses into a failed step. */
const asStep = <T>(what: string, write: () => T): T => {
  try {
    return write();
  } catch (error) {
    if (error instanceof RabbitRefusal) throw new StepFailedError(`${what}: ${error.message}`);
    throw error;
  }
};

/** Writes a policy behind mq-dr's back, as somebody with the management console would. */
export const putPolicy = defineAction({
  kind: 'put-policy',
  schema: z.strictObject({
    ...place,
    pattern: z.string(),
    applyTo: z.string().default('all'),
    definition: z.record(z.string(), z.json()),
    priority: z.int().default(0),
  }),
  describe: (step) => `write policy ${step.policy} of ${step.cluster} by hand`,
  check: missingCluster,
  run: async ({ testbed }, { cluster, policy: name, vhost, pattern, definition, priority, applyTo }) => {
    const policy = { vhost, name, pattern, definition, priority, 'apply-to': applyTo };
    return { did: asStep(`put-policy ${name}`, () => testbed.cluster(cluster).putPolicy(policy)) };
  },
});

/** Deletes a policy behind mq-dr's back. */
export const deletePolicy = defineAction({
  kind: 'delete-policy',
  schema: z.strictObject(place),
  describe: (step) => `delete policy ${step.policy} of ${step.cluster} by hand`,
  check: missingCluster,
  run: async ({ testbed }, { cluster, vhost, policy }) => {
    asStep(`delete-policy ${policy}`, () => testbed.cluster(cluster).deletePolicy(vhost, policy));
    return { deleted: policy };
  },
});
