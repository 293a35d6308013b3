import type { EmbeddedRabbitCluster } from '../../simulator/world/rabbitmq/embedded-cluster.ts';
import type { Stage } from '../../testbed/stage.ts';
import type { StagePlan } from './stage-port.ts';

/** Puts a plan's RabbitMQ clusters into the world, by name, and gives mq-dr its settings for them. */
export const addClusters = (
  stage: Stage,
  plans: StagePlan['clusters'],
  administrator: { readonly username: string; readonly password: string },
): ReadonlyMap<string, EmbeddedRabbitCluster> => {
  const clusters = new Map<string, EmbeddedRabbitCluster>();
  const deployed = Object.entries(plans).map(([name, { broker: seed, settings, ...where }]) => {
    const { broker, cluster } = stage.aws.addRabbitCluster(where, seed, administrator);
    clusters.set(name, cluster);
    const secretArn = stage.aws.addSecret({
      name: `mq-dr/cluster-${name}`,
      value: JSON.stringify(administrator),
      regions: [where.region],
    });
    // The outline holds parsed settings; a deployment writes their text form.
    const exceptions = settings.exceptions.map((exception) => ({
      ...exception,
      expiresAt: new Date(exception.expiresAt).toISOString(),
    }));
    return { ...settings, exceptions, name, broker: broker.brokerArn, secretArn };
  });
  stage.configureClusters(deployed);
  return clusters;
};
