import { GivenCluster, givenNodes } from './given-cluster.ts';
import { findInstallation } from './installation.ts';
import { RealCluster } from './real-cluster.ts';
import type { TestCluster } from './test-cluster.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The cluster that the environment names, or one of its own. @throws Error saying what is missing */
export const startTestCluster = async (environment: Environment): Promise<TestCluster> =>
  givenNodes(environment) === undefined
    ? await RealCluster.start(findInstallation(environment))
    : await GivenCluster.open(environment);
