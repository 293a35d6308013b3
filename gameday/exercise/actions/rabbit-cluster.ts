import * as z from 'zod';
import { missingCluster } from '../scenario/missing-cluster.ts';
import { defineAction } from '../step.ts';

const cluster = z.string().min(1);
const node = z.int().min(1).max(7);

/** Stops a node of a RabbitMQ cluster. */
export const stopNode = defineAction({
  kind: 'stop-node',
  schema: z.strictObject({ cluster, node }),
  describe: (step) => `stop node ${step.node} of ${step.cluster}`,
  check: missingCluster,
  run: async ({ stage, recorder, clock }, step) => {
    stage.cluster(step.cluster).setNode(step.node, false);
    recorder.faultRaised(
      `node ${step.node} of ${step.cluster}`,
      `node ${step.node} of ${step.cluster} down`,
      clock.nowMs(),
    );
    return { node: step.node };
  },
});

/** Starts a node that an earlier step stopped. */
export const startNode = defineAction({
  kind: 'start-node',
  schema: z.strictObject({ cluster, node }),
  describe: (step) => `start node ${step.node} of ${step.cluster}`,
  check: missingCluster,
  run: async ({ stage, recorder, clock }, step) => {
    stage.cluster(step.cluster).setNode(step.node, true);
    recorder.faultCleared(`node ${step.node} of ${step.cluster}`, clock.nowMs());
    return { node: step.node };
  },
});

/** Sets how many messages wait in a queue, as producers and consumers would over time. */
export const fillQueue = defineAction({
  kind: 'fill-queue',
  schema: z.strictObject({
    cluster,
    vhost: z.string().default('/'),
    queue: z.string().min(1),
    messages: z.int().min(0),
  }),
  describe: (step) => `let ${step.queue} of ${step.cluster} hold ${step.messages} messages`,
  check: missingCluster,
  run: async ({ stage }, step) => {
    stage.cluster(step.cluster).setMessages(step.vhost, step.queue, step.messages);
    return { messages: step.messages };
  },
});

/** Upgrades a cluster in place, policies and queues left as they are. */
export const upgradeCluster = defineAction({
  kind: 'upgrade-cluster',
  schema: z.strictObject({ cluster, version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version such as 4.2.1') }),
  describe: (step) => `upgrade ${step.cluster} to RabbitMQ ${step.version}`,
  check: missingCluster,
  run: async ({ stage }, step) => {
    stage.cluster(step.cluster).upgrade(step.version);
    return { version: step.version };
  },
});
