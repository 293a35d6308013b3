import * as z from 'zod';
import { missingCluster } from '../scenario/missing-names.ts';
import { defineProbe } from '../step.ts';

/** Every classic queue of a cluster has all its mirrors, and they hold all messages. */
export const queuesMirrored = defineProbe({
  kind: 'queues-mirrored',
  schema: z.strictObject({ cluster: z.string().min(1) }),
  describe: (step) => `every classic queue of ${step.cluster} has synchronised mirrors on all other nodes`,
  check: missingCluster,
  run: async ({ testbed }, step) => {
    const cluster = testbed.cluster(step.cluster);
    const wanted = cluster.nodes.length - 1;
    const lacking = cluster.queues
      .filter(({ type, exclusive }) => type === 'classic' && exclusive !== true)
      .filter(({ synchronised_slave_nodes: mirrors }) => !Array.isArray(mirrors) || mirrors.length < wanted)
      .map(({ vhost, name }) => `${vhost}: ${name}`);
    const finding = lacking.length === 0 ? 'none lacks a mirror' : `${lacking.join(', ')} lack mirrors`;
    return { met: lacking.length === 0, finding, evidence: lacking };
  },
});

/** No change of a policy has thrown a message away, whoever made it; only a simulated cluster can tell. */
export const noMessageDropped = defineProbe({
  kind: 'no-message-dropped',
  schema: z.strictObject({ cluster: z.string().min(1) }),
  describe: (step) => `no policy of ${step.cluster} has thrown a message away`,
  check: missingCluster,
  run: async ({ testbed }, step) => {
    const lost = testbed.cluster(step.cluster).lostMessages;
    const told = lost.map(
      ({ vhost, queue, messages, policy }) => `${messages} of ${vhost}: ${queue} by ${policy ?? 'no policy'}`,
    );
    return { met: lost.length === 0, finding: lost.length === 0 ? 'none is gone' : told.join(', '), evidence: told };
  },
});

/** A policy exists with this definition, or does not exist. */
export const policyIs = defineProbe({
  kind: 'policy-is',
  schema: z.strictObject({
    cluster: z.string().min(1),
    vhost: z.string().default('/'),
    policy: z.string().min(1),
    /** Members that the definition must have; left out, the policy must not exist. */
    definition: z.record(z.string(), z.json()).optional(),
  }),
  describe: (step) =>
    `policy ${step.policy} of ${step.cluster} ${step.definition ? 'is as expected' : 'does not exist'}`,
  check: missingCluster,
  run: async ({ testbed }, step) => {
    const found = testbed.cluster(step.cluster).policy(step.vhost, step.policy)?.definition;
    const shown = JSON.stringify(found ?? null);
    const wrong = Object.entries(step.definition ?? {}).filter(
      ([key, value]) => JSON.stringify(found?.[key]) !== JSON.stringify(value),
    );
    const met = step.definition === undefined ? found === undefined : found !== undefined && wrong.length === 0;
    return { met, finding: found === undefined ? 'the policy does not exist' : `it is ${shown}`, evidence: shown };
  },
});
