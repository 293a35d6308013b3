import {
  CreateBrokerCommand,
  type CreateBrokerRequest,
  type CreateBrokerResponse,
  DeleteBrokerCommand,
  DescribeBrokerCommand,
  DescribeConfigurationRevisionCommand,
  DescribeUserCommand,
  ListBrokersCommand,
  MqClient,
  PromoteCommand,
  type PromoteMode,
  RebootBrokerCommand,
  UpdateBrokerCommand,
} from '@aws-sdk/client-mq';
import { type CallPurpose, clientCache, clientSettings } from '../aws/client-settings.ts';
import { definitelyNotExecuted, translateError } from '../aws/translate-error.ts';
import type { WriteOutcome } from '../aws/write-outcome.ts';
import { DrError, UnexpectedAnswer } from '../runtime/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BrokerAddress } from './broker-address.ts';
import type {
  BrokerReader,
  BrokerReading,
  BrokerSnapshot,
  ConfigurationRevision,
  UserRights,
} from './broker-snapshot.ts';
import { snapshotFrom } from './snapshot-from-description.ts';

const clients = clientCache((runtime, region, purpose) => new MqClient(clientSettings(runtime, region, purpose)));

/**
 * Amazon MQ's control plane behind the few calls that the project makes. Reads are retried on throttling and network
 * errors; writes are attempted once. Errors carry the catalogue's names; see `translate-error.ts`.
 */
export class MqBrokers implements BrokerReader {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** @throws ServiceUnavailable, NotFound, AccessDenied, RequestRejected, UnexpectedAnswer */
  async describe(address: BrokerAddress): Promise<BrokerSnapshot> {
    const answer = await this.#call('repeatable', 'DescribeBroker', address.region, address.brokerId, (client) =>
      client.send(new DescribeBrokerCommand({ BrokerId: address.brokerId })),
    );
    return snapshotFrom(answer, address.region, this.#runtime.clock.nowMs());
  }

  async tryDescribe(address: BrokerAddress): Promise<BrokerReading> {
    try {
      return { known: true, broker: await this.describe(address) };
    } catch (error) {
      if (error instanceof DrError) return { known: false, reason: error.message };
      throw error;
    }
  }

  /** The id of the broker with this name in the Region, if there is one. Reads every page. */
  async findByName(region: string, brokerName: string): Promise<string | undefined> {
    let nextToken: string | undefined;
    do {
      const page = await this.#call('repeatable', 'ListBrokers', region, brokerName, (client) =>
        client.send(new ListBrokersCommand({ MaxResults: 100, ...(nextToken && { NextToken: nextToken }) })),
      );
      const found = page.BrokerSummaries?.find(
        (summary) => summary.BrokerName === brokerName && summary.BrokerState !== 'DELETION_IN_PROGRESS',
      );
      if (found?.BrokerId !== undefined) return found.BrokerId;
      nextToken = page.NextToken;
    } while (nextToken !== undefined);
    return undefined;
  }

  /** @throws NotFound when the broker has no such user, and as `describe` */
  async describeUser(address: BrokerAddress, username: string): Promise<UserRights> {
    const user = await this.#call(
      'repeatable',
      'DescribeUser',
      address.region,
      `${address.brokerId}/${username}`,
      (client) => client.send(new DescribeUserCommand({ BrokerId: address.brokerId, Username: username })),
    );
    return { replicationUser: user.ReplicationUser === true, consoleAccess: user.ConsoleAccess === true };
  }

  /**
   * The XML text of one revision of a broker configuration; docs/amazon-mq.md 8.15.
   *
   * @throws UnexpectedAnswer when the answer has no text, and as `describe`
   */
  async readConfiguration(region: string, { id, revision }: ConfigurationRevision): Promise<string> {
    const subject = `${id} revision ${revision}`;
    const answer = await this.#call('repeatable', 'DescribeConfigurationRevision', region, subject, (client) =>
      client.send(
        new DescribeConfigurationRevisionCommand({ ConfigurationId: id, ConfigurationRevision: String(revision) }),
      ),
    );
    if (answer.Data === undefined) {
      throw new UnexpectedAnswer(`DescribeConfigurationRevision of ${subject} in ${region} answered without Data`);
    }
    return Buffer.from(answer.Data, 'base64').toString('utf8');
  }

  /**
   * Creates a broker; `request.CreatorRequestId` makes repetition harmless.
   *
   * @throws AccessDenied, RequestRejected, and ServiceUnavailable where the service definitely did not act
   */
  create(region: string, request: CreateBrokerRequest): Promise<WriteOutcome<CreateBrokerResponse>> {
    return this.#write('CreateBroker', region, String(request.BrokerName), (client) =>
      client.send(new CreateBrokerCommand(request)),
    );
  }

  /** Asks for a reboot; errors as `create`. */
  reboot(address: BrokerAddress): Promise<WriteOutcome> {
    return this.#write('RebootBroker', address.region, address.brokerId, (client) =>
      client.send(new RebootBrokerCommand({ BrokerId: address.brokerId })),
    );
  }

  /** Asks the replica at `address` to become the primary; errors as `create`. */
  promote(address: BrokerAddress, mode: PromoteMode): Promise<WriteOutcome> {
    return this.#write('Promote', address.region, address.brokerId, (client) =>
      client.send(new PromoteCommand({ BrokerId: address.brokerId, Mode: mode })),
    );
  }

  /** Asks for the end of replication, which the primary's next reboot brings about; errors as `create`. */
  endReplication(address: BrokerAddress): Promise<WriteOutcome> {
    return this.#write('UpdateBroker', address.region, address.brokerId, (client) =>
      client.send(new UpdateBrokerCommand({ BrokerId: address.brokerId, DataReplicationMode: 'NONE' })),
    );
  }

  /** Asks for the deletion of a broker and everything it stores; errors as `create`. */
  delete(address: BrokerAddress): Promise<WriteOutcome> {
    return this.#write('DeleteBroker', address.region, address.brokerId, (client) =>
      client.send(new DeleteBrokerCommand({ BrokerId: address.brokerId })),
    );
  }

  async #call<T>(
    purpose: CallPurpose,
    operation: string,
    region: string,
    subject: string,
    send: (client: MqClient) => Promise<T>,
  ): Promise<T> {
    try {
      return await send(clients(this.#runtime, region, purpose));
    } catch (error) {
      throw translateError(error, { service: 'mq', operation, region, subject });
    }
  }

  async #write<T>(
    operation: string,
    region: string,
    subject: string,
    send: (client: MqClient) => Promise<T>,
  ): Promise<WriteOutcome<T>> {
    try {
      return { outcome: 'done', answer: await this.#call('once', operation, region, subject, send) };
    } catch (error) {
      if (error instanceof DrError && !definitelyNotExecuted(error.cause)) {
        return { outcome: 'unknown', reason: error.message };
      }
      throw error;
    }
  }
}
