import type { ClusterConfig } from '../config/cluster-config.ts';
import { NotFound } from '../runtime/errors.ts';
import { didYouMean } from '../runtime/nearest-name.ts';

/** The settings of the cluster with this name. @throws NotFound naming the clusters that exist */
export const findCluster = (clusters: readonly ClusterConfig[], name: string): ClusterConfig => {
  const cluster = clusters.find((candidate) => candidate.name === name);
  if (cluster !== undefined) return cluster;
  const names = clusters.map((candidate) => candidate.name);
  throw new NotFound(`no cluster "${name}" is configured${didYouMean(name, names)}`, {
    cluster: name,
    configured: names,
  });
};
