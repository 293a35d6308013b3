import type { BrokerRole } from '../broker/embedded-broker.ts';
import type { BrokerRecord, Pairing } from './broker-record.ts';

/** The other broker of a pair. */
export const counterpartOf = (pairing: Pairing, record: BrokerRecord): BrokerRecord =>
  pairing.founder === record ? pairing.second : pairing.founder;

/** The role that the data plane has right now; while pending, the one that the broker will have. */
export const roleOf = (pairing: Pairing, record: BrokerRecord): Exclude<BrokerRole, 'standalone'> => {
  const role: BrokerRole | undefined = pairing.dataPlane && record.dataPlane?.role;
  if (role === 'primary' || role === 'replica') return role;
  return pairing.founder === record ? 'primary' : 'replica';
};

/** Whether the newest promotion has not yet exchanged the roles on both brokers. */
export const promotionRuns = (pairing: Pairing): boolean => {
  const { promotion } = pairing;
  if (promotion === undefined) return false;
  const other = counterpartOf(pairing, promotion.target);
  return roleOf(pairing, promotion.target) !== 'primary' || roleOf(pairing, other) !== 'replica';
};

/** Makes two brokers a pair that waits for the reboot of `founder`, its primary. */
export const joinAsPair = (founder: BrokerRecord, second: BrokerRecord): Pairing => {
  const pairing: Pairing = { founder, second, phase: 'pending', dataPlane: undefined, promotion: undefined };
  founder.pairing = pairing;
  second.pairing = pairing;
  return pairing;
};
