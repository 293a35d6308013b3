import type { Members } from '../../api/service.ts';
import type { BrokerRecord, ConfigurationId } from './broker-record.ts';
import { mqFault } from './mq-fault.ts';

/** XML of a broker configuration without settings of its own. */
const defaultXml = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<broker xmlns="http://activemq.apache.org/schema/core"/>
`;

interface Revision {
  readonly revision: number;
  readonly xml: string;
  readonly createdMs: number;
}

/** Broker configurations of every Region, with all their revisions (docs/amazon-mq.md 8.15). */
export class ConfigurationStore {
  readonly #configurations = new Map<string, { readonly owner: BrokerRecord; readonly revisions: Revision[] }>();

  /**
   * Gives a new broker's configuration its first text: the one given, else a copy of what its primary uses
   * (docs/amazon-mq.md 3.1), else the default. A configuration that exists is left as it is.
   */
  open(record: BrokerRecord, createdMs: number, xml?: string): void {
    const key = keyOf(record.region, record.configuration.id);
    if (this.#configurations.has(key)) return;
    const { revision } = record.configuration;
    const text = xml ?? this.#textOfPrimary(record) ?? defaultXml;
    this.#configurations.set(key, { owner: record, revisions: [{ revision, xml: text, createdMs }] });
  }

  /** Adds a revision and returns its id. @throws ApiFault NotFoundException */
  revise(region: string, id: string, xml: string, createdMs: number): ConfigurationId {
    const { revisions } = this.#require(region, id);
    const revision = (revisions.at(-1)?.revision ?? 0) + 1;
    revisions.push({ revision, xml, createdMs });
    return { id, revision };
  }

  /** DescribeConfiguration's answer. @throws ApiFault NotFoundException */
  describe(region: string, id: string, accountId: string): Members {
    const { owner, revisions } = this.#require(region, id);
    const latest = revisions.at(-1);
    return {
      arn: `arn:aws:mq:${region}:${accountId}:configuration:${id}`,
      authenticationStrategy: 'SIMPLE',
      created: isoTime(revisions[0]?.createdMs ?? 0),
      engineType: owner.engineType,
      engineVersion: owner.engineVersion,
      id,
      latestRevision: { revision: latest?.revision, created: isoTime(latest?.createdMs ?? 0) },
      name: `${owner.brokerName}-configuration`,
    };
  }

  /** DescribeConfigurationRevision's answer. @throws ApiFault NotFoundException */
  describeRevision(region: string, id: string, revision: string): Members {
    const found = this.#require(region, id).revisions.find((candidate) => String(candidate.revision) === revision);
    if (found === undefined) throw notFound(`revision ${revision} of configuration [${id}]`, 'configuration-revision');
    return {
      configurationId: id,
      created: isoTime(found.createdMs),
      data: Buffer.from(found.xml).toString('base64'),
    };
  }

  #textOfPrimary({ pairing }: BrokerRecord): string | undefined {
    if (pairing === undefined) return undefined;
    const { region, configuration } = pairing.founder;
    const revisions = this.#configurations.get(keyOf(region, configuration.id))?.revisions;
    return revisions?.find(({ revision }) => revision === configuration.revision)?.xml;
  }

  #require(region: string, id: string) {
    const found = this.#configurations.get(keyOf(region, id));
    if (found === undefined) throw notFound(`configuration [${id}]`, 'configuration-id');
    return found;
  }
}

const keyOf = (region: string, id: string): string => `${region} ${id}`;
const isoTime = (ms: number): string => new Date(ms).toISOString();
const notFound = (what: string, attribute: string) =>
  mqFault('NotFoundException', `Can't find requested ${what}.`, attribute);
