import { ListBrokersCommand, MqClient, RebootBrokerCommand } from '@aws-sdk/client-mq';
import * as z from 'zod';
import { missingCluster } from '../scenario/missing-names.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const cluster = z.string().min(1);
const node = z.int().min(1).max(7);

/** Stops a node of a RabbitMQ cluster. */
export const stopNode = defineAction({
  kind: 'stop-node',
  schema: z.strictObject({ cluster, node }),
  describe: (step) => `stop node ${step.node} of ${step.cluster}`,
  check: missingCluster,
  run: async ({ testbed, recorder }, step) => {
    testbed.cluster(step.cluster).setNode(step.node, false);
    const node = `node ${step.node} of ${step.cluster}`;
    recorder.faultRaised(node, `${node} down`);
    return { node: step.node };
  },
});

/** Starts a node that an earlier step stopped. */
export const startNode = defineAction({
  kind: 'start-node',
  schema: z.strictObject({ cluster, node }),
  describe: (step) => `start node ${step.node} of ${step.cluster}`,
  check: missingCluster,
  run: async ({ testbed, recorder }, step) => {
    testbed.cluster(step.cluster).setNode(step.node, true);
    recorder.faultCleared(`node ${step.node} of ${step.cluster}`);
    return { node: step.node };
  },
});

/** Switches a cluster's figures off or on, as `management_agent.disable_metrics_collector` does. */
export const setMetrics = defineAction({
  kind: 'set-metrics',
  schema: z.strictObject({ cluster, sampled: z.boolean() }),
  describe: (step) => `let ${step.cluster} ${step.sampled ? 'sample its figures again' : 'sample no figures'}`,
  check: missingCluster,
  run: async ({ testbed }, step) => {
    testbed.cluster(step.cluster).setMetrics(step.sampled);
    return { sampled: step.sampled };
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
  run: async ({ testbed }, step) => {
    testbed.cluster(step.cluster).setMessages(step.vhost, step.queue, step.messages);
    return { messages: step.messages };
  },
});

/** Upgrades a cluster in place, policies and queues left as they are. */
export const upgradeCluster = defineAction({
  kind: 'upgrade-cluster',
  schema: z.strictObject({ cluster, version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version such as 4.2.1') }),
  describe: (step) => `upgrade ${step.cluster} to RabbitMQ ${step.version}`,
  check: missingCluster,
  run: async ({ testbed }, step) => {
    testbed.cluster(step.cluster).upgrade(step.version);
    return { version: step.version };
  },
});

/** Reboots the broker of a cluster with a plain call, as somebody in the AWS console would: mq-dr is not asked. */
export const rebootCluster = defineAction({
  kind: 'reboot-cluster',
  schema: z.strictObject({ cluster }),
  describe: (step) => `reboot ${step.cluster} outside mq-dr`,
  check: missingCluster,
  run: async ({ testbed, scenario }, step) => {
    const { region = '', brokerName = '' } = scenario.world.clusters[step.cluster] ?? {};
    const client = testbed.client(MqClient, region);
    const { BrokerSummaries: brokers = [] } = await client.send(new ListBrokersCommand({}));
    const brokerId = brokers.find(({ BrokerName }) => BrokerName === brokerName)?.BrokerId;
    if (brokerId === undefined) throw new StepFailedError(`there is no broker "${brokerName}" in ${region}`);
    await client.send(new RebootBrokerCommand({ BrokerId: brokerId }));
    return { brokerId };
  },
});
