import { type BrokerRef, brokerArnSchema } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { NotFound, UnexpectedAnswer } from '../runtime/errors.ts';
import { didYouMean } from '../runtime/nearest-name.ts';

/** The settings of the pair with this name. @throws NotFound naming the pairs that exist */
export const findPair = (pairs: readonly PairConfig[], name: string): PairConfig => {
  const pair = pairs.find((candidate) => candidate.name === name);
  if (pair !== undefined) return pair;
  const names = pairs.map((candidate) => candidate.name);
  throw new NotFound(`no pair "${name}" is configured${didYouMean(name, names)}`, { pair: name, configured: names });
};

/** Where a pair's members are recorded when its settings do not name them. */
export interface MemberRecords {
  readMembers(pair: string): Promise<readonly string[] | undefined>;
}

/**
 * The two brokers of a pair: from its settings, else from the record that create-replica made; undefined for a pair
 * whose replica is still to be created.
 *
 * @throws UnexpectedAnswer when the record names something else than brokers
 */
export const findMembersIfPaired = async (
  pair: PairConfig,
  records: MemberRecords,
): Promise<readonly [BrokerRef, BrokerRef] | undefined> => {
  if (pair.brokers !== undefined) return pair.brokers;
  const [first, second] = (await records.readMembers(pair.name)) ?? [];
  if (first === undefined || second === undefined) return undefined;
  return [recordedBroker(pair.name, first), recordedBroker(pair.name, second)];
};

/**
 * The two brokers of a pair, as {@link findMembersIfPaired} finds them.
 *
 * @throws NotFound for a pair without a replica, UnexpectedAnswer when the record names something else than brokers
 */
export const findMembers = async (
  pair: PairConfig,
  records: MemberRecords,
): Promise<readonly [BrokerRef, BrokerRef]> => {
  const members = await findMembersIfPaired(pair, records);
  if (members !== undefined) return members;
  throw new NotFound(
    `pair "${pair.name}" has no brokers yet: run create-replica, or name both brokers in its settings`,
    { pair: pair.name },
  );
};

const recordedBroker = (pair: string, arn: string): BrokerRef => {
  const parsed = brokerArnSchema.safeParse(arn);
  if (parsed.success) return parsed.data;
  throw new UnexpectedAnswer(`the record of pair "${pair}" names "${arn}", which is not a broker ARN`, { pair, arn });
};
