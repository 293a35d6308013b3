import type { BrokerReader, BrokerReading } from '../brokers/broker-snapshot.ts';
import type { MemberRecords } from '../brokers/find-pair.ts';
import type { ReplicationObservation } from '../brokers/lag-verdict.ts';
import { sidesOf } from '../brokers/pair-sides.ts';
import { type GaugePort, type GaugeReadings, primaryGauges, replicaGauges } from '../brokers/replication-gauges.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { Clock } from '../runtime/clock.ts';

/** What reading a pair takes. */
export interface PairReadPorts {
  readonly clock: Clock;
  readonly brokers: Pick<BrokerReader, 'tryDescribe'>;
  readonly control: MemberRecords;
  readonly metrics: GaugePort;
}

/** A pair as seen from the Region that will hold the primary. */
export interface PairReading {
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
 * @throws as `sidesOf`
 */
export const readPair = async (pair: PairConfig, targetRegion: string, ports: PairReadPorts): Promise<PairReading> => {
  const { here: target, there: counterpart } = await sidesOf(pair, targetRegion, ports.control);
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
