import type { BusEvent } from '../aws/event-bus.ts';
import type { BrokerReader, BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import type { MemberRecords } from '../brokers/find-pair.ts';
import { sidesOf } from '../brokers/pair-sides.ts';
import { cutoverOf } from '../config/cutover-config.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { Finding } from '../runtime/finding.ts';
import type { CutoverResult } from './cutover-result.ts';
import { type EndpointDocument, isSuperseded, publishedEpoch } from './endpoint-document.ts';
import { type CutoverRun, type GuardPorts, guardGivingBack } from './guard-cutover.ts';

/** What publishing uses; all of it in the Region that it runs in. */
export interface PublishPorts extends GuardPorts {
  readonly control: MemberRecords;
  readonly brokers: Pick<BrokerReader, 'describe'>;
  readonly parameters: {
    read(name: string): Promise<string | undefined>;
    write(name: string, value: string): Promise<void>;
  };
  readonly putEvent: (event: BusEvent) => Promise<void>;
}

export type Published = CutoverResult<'published' | 'announced' | 'superseded' | 'refused'>;

/** The detail-type of the event that applications may subscribe to. */
export const endpointChanged = 'mq-dr endpoint changed';

const notPrimary = ({ brokerId, region, role, roleText }: BrokerSnapshot): Finding => ({
  code: 'NOT_PRIMARY',
  message: `the broker ${brokerId} of ${region} reports ${roleText ?? 'no role'}; only a primary serves clients`,
  evidence: { brokerId, role },
});

const notConfigured = (region: string): Finding => ({
  code: 'ENDPOINT_NOT_CONFIGURED',
  message: `no SSM parameter is configured for ${region}, so only the event announces the endpoint`,
  evidence: { region },
});

/**
 * Tells applications where the primary is: writes the Region's parameter, then puts an event. Repeated, it writes the
 * same again, and the event may come twice; a run that is late never overwrites a later promotion's endpoint.
 *
 * @throws LockLost, as `sidesOf`, ServiceUnavailable when something cannot be
 *   read or written now, and the permanent errors of the services
 */
export const publishEndpoint = async (
  request: {
    readonly pair: PairConfig;
    readonly region: string;
    readonly epoch: number | null;
    readonly run: CutoverRun;
  },
  ports: PublishPorts,
): Promise<Published> => {
  const { pair, region, epoch } = request;
  const { here } = await sidesOf(pair, region, ports.control);
  const broker = await ports.brokers.describe(here);
  const refused = (blockers: readonly Finding[]): Published => ({
    outcome: 'refused',
    blockers,
    warnings: [],
    evidence: { brokerId: broker.brokerId },
  });
  if (broker.role !== 'primary') return refused([notPrimary(broker)]);
  const name = cutoverOf(pair).endpointParameter[region];
  const published = name === undefined ? undefined : await ports.parameters.read(name);
  const evidence = { brokerId: broker.brokerId, parameter: name ?? null, epoch };
  if (isSuperseded(published, epoch)) {
    const publishedInEpoch = publishedEpoch(published) ?? null;
    return { outcome: 'superseded', blockers: [], warnings: [], evidence: { ...evidence, publishedInEpoch } };
  }
  const frozen = await guardGivingBack(request.run, ports);
  if (frozen.length > 0) return refused(frozen);
  const { brokerId, amqpEndpoints } = broker;
  const document: EndpointDocument = { pair: pair.name, brokerId, region, amqpEndpoints, epoch };
  if (name !== undefined) await ports.parameters.write(name, JSON.stringify(document));
  await ports.putEvent({ detailType: endpointChanged, detail: { ...document } });
  return name === undefined
    ? { outcome: 'announced', blockers: [], warnings: [notConfigured(region)], evidence }
    : { outcome: 'published', blockers: [], warnings: [], evidence };
};
