import type * as z from 'zod';
import { clusterConfigSchema } from '../../functions/config/cluster-config.ts';
import { type Deployment, deploymentFields, pairFields } from './config-fields.ts';
import { parseConfiguration } from './config-issues.ts';
import { deploymentProblems } from './config-relations.ts';
import { windowProblems } from './config-windows.ts';

/** The whole deployment: what a team writes. */
export const deploymentSchema = deploymentFields.superRefine((deployment, context) => {
  for (const [index, pair] of deployment.pairs.entries()) {
    for (const message of windowProblems(pair.protectedWindows)) {
      context.addIssue({ code: 'custom', path: ['pairs', index, 'protectedWindows'], message });
    }
  }
  for (const { path, message } of deploymentProblems(deployment)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** What a team writes: fields with a default may be left out. */
export type DeploymentInput = z.input<typeof deploymentSchema>;

/** A parsed configuration, and the settings of pairs and clusters as functions parse them again. */
export interface DeploymentConfig extends Deployment {
  /** Plain JSON, by the schema of `functions/config/pair-config.ts`, in the order of `pairs`. */
  readonly pairSettings: readonly Readonly<Record<string, unknown>>[];
  /** Plain JSON, by the schema of `functions/config/cluster-config.ts`, in the order of `clusters`. */
  readonly clusterSettings: readonly Readonly<Record<string, unknown>>[];
}

const pick = (value: object, names: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(value).filter(([name, member]) => names.includes(name) && member !== undefined));

/** A pair's brokers are left out until both are there: functions then take them from the Control table. */
const pairSettings = (pair: NonNullable<DeploymentInput['pairs']>[number]): Readonly<Record<string, unknown>> => ({
  ...pick(pair, Object.keys(pairFields)),
  ...(pair.brokers.length === 2 && { brokers: pair.brokers }),
});

/** Types a team's configuration; `parseDeployment` checks it. */
export const defineDeployment = (input: DeploymentInput): DeploymentInput => input;

/**
 * Checks a team's configuration.
 *
 * @param what how messages call it, such as its file
 * @throws ConfigurationError with every problem: its path, the value found, and what is allowed
 */
export const parseDeployment = (input: unknown, what = 'the configuration'): DeploymentConfig => {
  const parsed = parseConfiguration(deploymentSchema, input, what);
  const { pairs = [], clusters = [] } = input as DeploymentInput;
  return {
    ...parsed,
    pairSettings: pairs.map(pairSettings),
    clusterSettings: clusters.map((cluster) => pick(cluster, Object.keys(clusterConfigSchema.shape))),
  };
};
