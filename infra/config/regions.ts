import { RegionInfo } from 'aws-cdk-lib/region-info';
import * as z from 'zod';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';

const knownRegions: readonly string[] = RegionInfo.regions.map(({ name }) => name);

/** Why a name is no Region; undefined for one that exists. */
export const regionProblem = (name: string): string | undefined =>
  knownRegions.includes(name) ? undefined : `"${name}" is not an AWS Region${didYouMean(name, knownRegions)}`;

/** The name of a Region that exists. */
export const regionSchema = z.string().superRefine((name, context) => {
  const message = regionProblem(name);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/**
 * Sets of Regions that a global table of strong consistency may span, with all of its three replicas in one of them:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
 */
export const strongRegionSets = {
  us: ['us-east-1', 'us-east-2', 'us-west-2'],
  eu: ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ap: ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
} as const;

/** Which replica of the Control table a Region uses, or why there is none for it. */
export type ControlRegion = { readonly region: string } | { readonly missing: string };

/**
 * The replica of the Control table that functions of a Region use: its own, or else one that stands in no Region whose
 * loss those functions have to deal with.
 *
 * @param counterparts Regions of the brokers that are paired with brokers of `region`
 */
export const controlRegionFor = (
  region: string,
  replicas: readonly string[],
  counterparts: readonly string[],
): ControlRegion => {
  if (replicas.includes(region)) return { region };
  const independent = replicas.find((replica) => !counterparts.includes(replica));
  return independent === undefined
    ? { missing: `every replica (${replicas.join(', ')}) stands in a Region that a pair of ${region} may lose` }
    : { region: independent };
};
