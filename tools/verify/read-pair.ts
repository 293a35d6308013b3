import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { DescribeBrokerCommand, type DescribeBrokerResponse, ListBrokersCommand, MqClient } from '@aws-sdk/client-mq';
import { clientSettings } from '../../functions/aws/client-settings.ts';
import { translateError } from '../../functions/aws/translate-error.ts';
import { readLogin } from '../../functions/brokers/broker-login.ts';
import { type GaugeName, primaryGauges, replicaGauges } from '../../functions/brokers/replication-gauges.ts';
import { sendHttp } from '../../functions/runtime/http-request.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import type { DoorReading, MetricReading, PairReadings, ReadBroker } from './pair-readings.ts';
import type { Recorder, Subject } from './recorder.ts';
import { VerifyError } from './verify-error.ts';

/** A broker by its id. */
export interface BrokerAt {
  readonly region: string;
  readonly brokerId: string;
}

/** Amazon MQ publishes once a minute, and a gauge needs an event; fifteen minutes hold some of each. */
const windowMs = 900_000;
const periodSeconds = 60;

/** Units of CloudWatch that a time, a count or neither may have. */
const unitsTried = ['Milliseconds', 'Seconds', 'Microseconds', 'Count', 'None'] as const;

/** Only the active instance of a broker has points; docs/amazon-mq.md 10.1. */
const instances = [1, 2] as const;

const namespace = 'AWS/AmazonMQ';
const replicationPrefix = 'ActiveMQ.Plugin.Replication.';
const connectionsMetric = 'CurrentConnectionsCount';

const jolokiaPath = '/api/jolokia/version';
const doorLimits = { timeoutMs: 8_000, maxBodyBytes: 65_536 } as const;

/** Reads what a pair shows of itself. It writes nothing. */
export class PairReader {
  readonly #runtime: Runtime;
  readonly #recorder: Recorder;

  constructor(runtime: Runtime, recorder: Recorder) {
    this.#runtime = runtime;
    this.#recorder = recorder;
  }

  /**
   * @param given one broker of the pair, or both
   * @param consoleSecretArn secret of a user with console access
   * @throws VerifyError when the brokers are no pair, AccessDenied, NotFound, RequestRejected, ServiceUnavailable
   */
  async read(given: readonly BrokerAt[], consoleSecretArn: string | undefined): Promise<PairReadings> {
    const { primary, replica } = await this.#members(given);
    const gauges: Partial<Record<GaugeName, MetricReading>> = {};
    for (const [broker, of, names] of [
      [primary, 'primary', primaryGauges],
      [replica, 'replica', replicaGauges],
    ] as const) {
      for (const name of names) {
        // A queue's size is a count, and has a dimension more.
        if (name !== 'QueueSize') gauges[name] = await this.#metric(broker, of, name);
      }
    }
    return {
      primary,
      replica,
      gauges,
      connections: {
        primary: await this.#metric(primary, 'primary', connectionsMetric),
        replica: await this.#metric(replica, 'replica', connectionsMetric),
      },
      replicationQueues: await this.#replicationQueues(primary, replica),
      namesInBothRegions: await this.#namesInBoth(primary.region, replica.region),
      jolokia: await this.#jolokia(primary, consoleSecretArn),
    };
  }

  /** One broker as it is now. */
  async describe(broker: BrokerAt, of: Subject): Promise<DescribeBrokerResponse> {
    const request = { BrokerId: broker.brokerId };
    return await this.#read({ service: 'mq', operation: 'DescribeBroker', region: broker.region, of, request }, () =>
      this.#mq(broker.region).send(new DescribeBrokerCommand(request)),
    );
  }

  /** Reads and records. @throws DrError that says what was asked for */
  async #read<T>(about: Parameters<Recorder['call']>[0], send: () => Promise<T>): Promise<T> {
    try {
      return await this.#recorder.call(about, send);
    } catch (error) {
      const { service, operation, region, of } = about;
      throw translateError(error, { service, operation, region, subject: `the ${of}` });
    }
  }

  #mq(region: string): MqClient {
    return new MqClient(clientSettings(this.#runtime, region, 'repeatable'));
  }

  #cloudWatch(region: string): CloudWatchClient {
    return new CloudWatchClient(clientSettings(this.#runtime, region, 'repeatable'));
  }

  async #members(given: readonly BrokerAt[]): Promise<Pick<PairReadings, 'primary' | 'replica'>> {
    const [first, second] = given;
    if (first === undefined) throw new VerifyError('no broker was given');
    const one = { ...first, description: await this.describe(first, 'primary') };
    const { BrokerId: brokerId, Region: region } =
      one.description.DataReplicationMetadata?.DataReplicationCounterpart ??
      one.description.PendingDataReplicationMetadata?.DataReplicationCounterpart ??
      {};
    const counterpart = second ?? (brokerId !== undefined && region !== undefined ? { brokerId, region } : undefined);
    if (counterpart === undefined) {
      throw new VerifyError(
        `${first.brokerId} in ${first.region} names no counterpart: it is part of no pair; give a broker that is`,
      );
    }
    const other = { ...counterpart, description: await this.describe(counterpart, 'replica') };
    const isReplica = ({ description }: ReadBroker): boolean =>
      description.DataReplicationMetadata?.DataReplicationRole?.trim().toUpperCase() === 'REPLICA' ||
      description.BrokerState === 'REPLICA';
    if (!isReplica(one)) return { primary: one, replica: other };
    // The subject of a recorded call is a role, and only now it is known.
    for (const [index, call] of this.#recorder.calls.entries()) {
      this.#recorder.calls[index] = { ...call, of: call.of === 'primary' ? 'replica' : 'primary' };
    }
    return { primary: other, replica: one };
  }

  async #metric({ region, description }: ReadBroker, of: Subject, name: string): Promise<MetricReading> {
    const nowMs = this.#runtime.clock.nowMs();
    const queries = unitsTried.flatMap((Unit): MetricDataQuery[] =>
      instances.map((instance) => ({
        Id: `${Unit.toLowerCase()}_${instance}`,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: name,
            Dimensions: [{ Name: 'Broker', Value: `${description.BrokerName}-${instance}` }],
          },
          Period: periodSeconds,
          Stat: 'Maximum',
          Unit,
        },
      })),
    );
    const request = {
      MetricDataQueries: queries,
      StartTime: new Date(nowMs - windowMs),
      EndTime: new Date(nowMs),
      ScanBy: 'TimestampDescending' as const,
    };
    const withPoints = await this.#read(
      { service: 'monitoring', operation: 'GetMetricData', region, of, request: { metric: name } },
      async () => {
        const { MetricDataResults = [] } = await this.#cloudWatch(region).send(new GetMetricDataCommand(request));
        // Labels name the broker.
        return MetricDataResults.flatMap(({ Id = '', Values = [] }) =>
          Values.length === 0 ? [] : [{ id: Id, values: Values }],
        );
      },
    );
    return {
      units: unitsTried.filter((unit) => withPoints.some(({ id }) => id.startsWith(`${unit.toLowerCase()}_`))),
      last: withPoints[0]?.values[0],
    };
  }

  async #replicationQueues(...brokers: readonly ReadBroker[]): Promise<readonly string[]> {
    const queues = new Set<string>();
    for (const [index, { region, description }] of brokers.entries()) {
      for (const instance of instances) {
        const request = {
          Namespace: namespace,
          MetricName: 'QueueSize',
          Dimensions: [{ Name: 'Broker', Value: `${description.BrokerName}-${instance}` }, { Name: 'Queue' }],
        };
        const of = index === 0 ? 'primary' : 'replica';
        const names = await this.#read(
          { service: 'monitoring', operation: 'ListMetrics', region, of, request: { metric: 'QueueSize', instance } },
          async () => {
            const { Metrics = [] } = await this.#cloudWatch(region).send(new ListMetricsCommand(request));
            const values = Metrics.flatMap(({ Dimensions = [] }) => Dimensions.map(({ Value = '' }) => Value));
            // The team's own queues are nobody's business.
            return values.filter((value) => value.startsWith(replicationPrefix));
          },
        );
        for (const name of names) queues.add(name);
      }
    }
    return [...queues].sort();
  }

  /** Not recorded: other brokers are nobody's business. */
  async #namesInBoth(first: string, second: string): Promise<readonly string[]> {
    const names = await this.#brokerNames(first);
    return (await this.#brokerNames(second)).filter((name) => names.includes(name));
  }

  async #brokerNames(region: string): Promise<readonly string[]> {
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const command = new ListBrokersCommand({ MaxResults: 100, ...(NextToken && { NextToken }) });
      const page = await this.#mq(region)
        .send(command)
        .catch((error: unknown) => {
          throw translateError(error, { service: 'mq', operation: 'ListBrokers', region, subject: 'all brokers' });
        });
      names.push(...(page.BrokerSummaries ?? []).flatMap(({ BrokerName }) => BrokerName ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return names;
  }

  async #jolokia({ region, description }: ReadBroker, secretArn: string | undefined): Promise<DoorReading> {
    const urls = (description.BrokerInstances ?? []).flatMap(({ ConsoleURL }) => ConsoleURL ?? []);
    if (urls.length === 0) return { asked: false };
    const withUser = secretArn !== undefined;
    const headers: Record<string, string> = {};
    if (secretArn !== undefined) {
      const { username, password } = await readLogin(this.#runtime, {
        secretArn,
        urls: urls.filter((url) => url.startsWith('https:')),
      });
      headers.authorization = `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
    }
    let failed = '';
    for (const { protocol, origin } of urls.map((url) => new URL(url))) {
      // The console speaks TLS alone, and a password must not go out in the open.
      if (protocol !== 'https:') continue;
      try {
        const { status } = await this.#recorder.call(
          {
            service: 'activemq-console',
            operation: `GET ${jolokiaPath}`,
            region,
            of: 'primary',
            request: { withUser },
          },
          async () => {
            const request = { method: 'GET', origin, path: jolokiaPath, headers } as const;
            const { httpRequest = sendHttp } = this.#runtime;
            const answer = await httpRequest(request, doorLimits);
            return { status: answer.status };
          },
        );
        return { asked: true, withUser, status };
      } catch (error) {
        // The standby instance listens nowhere; docs/amazon-mq.md 7.
        failed = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      }
    }
    return { asked: true, withUser, failed };
  }
}
