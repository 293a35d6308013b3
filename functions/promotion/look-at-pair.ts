import type { BrokerReading } from '../brokers/broker-snapshot.ts';
import { findMembers } from '../brokers/find-pair.ts';
import { type GaugePort, type GaugeReadings, primaryGauges, replicaGauges } from '../brokers/replication-gauges.ts';
import type { ReplicationObservation } from '../brokers/replication-observation.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { Clock } from '../runtime/clock.ts';
import { InvalidInput } from '../runtime/errors.ts';

/** What a look reads; `shared/adapters` has the real ones. */
export interface LookPorts {
  readonly clock: Clock;
  readonly brokers: {
    tryDescribe(address: { readonly region: string; readonly brokerId: string }): Promise<BrokerReading>;
  };
  readonly control: { readMembers(pair: string): Promise<readonly string[] | undefined> };
  readonly metrics: GaugePort;
}

/** A pair as seen from the Region that shall hold the primary. */
export interface PairLook {
  readonly target: BrokerRef;
  readonly counterpart: BrokerRef;
  readonly observation: ReplicationObservation;
}

/** Ten minutes of points: enough for the forecast's rate and to see a gauge that does not move. */
const windowSeconds = 600;

/**
 * Reads both brokers and the replication gauges of a promotion towards `targetRegion`, side by side. A broker or a
 * Region that cannot be read is part of the picture, not an error.
 *
 * @throws NotFound for a pair without brokers, InvalidInput when it has none in the Region
 */
export const lookAtPair = async (pair: PairConfig, targetRegion: string, ports: LookPorts): Promise<PairLook> => {
  const members = await findMembers(pair, ports.control);
  const target = members.find((member) => member.region === targetRegion);
  const counterpart = members.find((member) => member !== target);
  if (target === undefined || counterpart === undefined) {
    const regions = members.map((member) => member.region).join(' and ');
    throw new InvalidInput(`pair "${pair.name}" has no broker in ${targetRegion}; its Regions are ${regions}`);
  }
  const [targetReading, counterpartReading, gauges] = await ports.clock.concurrently<
    [BrokerReading, BrokerReading, GaugeReadings]
  >([
    () => ports.brokers.tryDescribe(target),
    () => ports.brokers.tryDescribe(counterpart),
    () =>
      ports.metrics.read(
        [
          { region: counterpart.region, brokerName: counterpart.brokerName, gauges: primaryGauges },
          { region: target.region, brokerName: target.brokerName, gauges: replicaGauges },
        ],
        windowSeconds,
      ),
  ]);
  const atMs = ports.clock.nowMs();
  return { target, counterpart, observation: { atMs, target: targetReading, counterpart: counterpartReading, gauges } };
};
