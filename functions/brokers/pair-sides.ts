import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { InvalidInput } from '../runtime/errors.ts';
import { findMembers, type MemberRecords } from './find-pair.ts';

/** The two brokers of a pair as seen from one Region. */
export interface PairSides {
  /** The broker in that Region. */
  readonly here: BrokerRef;
  /** Its counterpart. */
  readonly there: BrokerRef;
}

/** Tells the two brokers apart by Region; undefined when neither is in it. */
export const sidesIn = ([first, second]: readonly [BrokerRef, BrokerRef], region: string): PairSides | undefined => {
  if (first.region === region) return { here: first, there: second };
  return second.region === region ? { here: second, there: first } : undefined;
};

/**
 * Reads which broker of a pair is in the Region and which is its counterpart.
 *
 * @throws InvalidInput when the pair has no broker in the Region, and as `findMembers`
 */
export const sidesOf = async (pair: PairConfig, region: string, records: MemberRecords): Promise<PairSides> => {
  const members = await findMembers(pair, records);
  const sides = sidesIn(members, region);
  if (sides !== undefined) return sides;
  const regions = members.map((member) => member.region);
  throw new InvalidInput(`pair "${pair.name}" has no broker in ${region}; its Regions are ${regions.join(' and ')}`, {
    pair: pair.name,
    region,
    regions,
  });
};
