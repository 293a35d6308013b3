import { ApiFault, type ApiRequest, type ApiService, type Members } from '../../api/service.ts';
import type { VirtualClock } from '../../clock/virtual-clock.ts';
import { throttlingFault } from '../call-faults.ts';
import { flushStreams } from '../flush-streams.ts';
import type { Reachability } from '../reachability.ts';
import type { BrokerLifecycle } from './broker-lifecycle.ts';
import type { BrokerRegistry } from './broker-registry.ts';
import { createUser, deleteUser, describeUser, listUsers, updateUser } from './broker-users.ts';
import { brokerDescription, brokerSummary, shownState } from './broker-view.ts';
import type { CallTrail } from './call-trail.ts';
import type { ConfigurationStore } from './configuration-store.ts';
import { createBroker } from './create-broker.ts';
import { badRequest, notModelled } from './mq-fault.ts';
import { type MqInput, type MqOperation, mqInputs } from './mq-input.ts';
import type { MqSettings } from './mq-settings.ts';
import { pageByKey } from './paging.ts';
import type { Promotions } from './promotions.ts';
import { TokenBucket } from './token-bucket.ts';
import { updateBroker } from './update-broker.ts';

export interface MqServiceOptions {
  readonly accountId: string;
  readonly clock: VirtualClock;
  readonly settings: MqSettings;
  readonly registry: BrokerRegistry;
  readonly configurations: ConfigurationStore;
  readonly lifecycle: BrokerLifecycle;
  readonly promotions: Promotions;
  readonly reachability: Reachability;
  readonly trail: CallTrail;
  /** Called when a request has made a new broker. */
  readonly onBrokerCreated: () => void;
  readonly nextUuid: () => string;
}

type Handlers = { readonly [O in MqOperation]: (input: MqInput<O>, region: string) => Members };

/** Operations that close a broker's connectors at once. */
const dropsConnections: ReadonlySet<MqOperation> = new Set(['Promote', 'RebootBroker', 'DeleteBroker']);

/** The Amazon MQ API of every Region (docs/amazon-mq.md 8, 9). */
export class MqService implements ApiService {
  readonly signingName = 'mq';
  readonly #options: MqServiceOptions;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #handlers: Handlers;

  constructor(options: MqServiceOptions) {
    this.#options = options;
    const { registry, configurations, settings, lifecycle, promotions, accountId } = options;
    this.#handlers = {
      CreateBroker: (input, region) => this.#createBroker(input, region),
      DescribeBroker: (input, region) => brokerDescription(registry.require(region, input.brokerId), settings),
      ListBrokers: (input, region) => {
        const { items, nextToken } = pageByKey(registry.inRegion(region), (record) => record.brokerId, input);
        return { brokerSummaries: items.map((record) => brokerSummary(record, settings)), nextToken };
      },
      UpdateBroker: (input, region) => updateBroker(registry.require(region, input.brokerId), input, settings),
      RebootBroker: (input, region) => this.#rebootBroker(input.brokerId, region),
      DeleteBroker: (input, region) => this.#deleteBroker(input.brokerId, region, lifecycle),
      DescribeConfiguration: (input, region) => configurations.describe(region, input.configurationId, accountId),
      DescribeConfigurationRevision: (input, region) =>
        configurations.describeRevision(region, input.configurationId, input.configurationRevision),
      Promote: (input, region) => {
        promotions.promote(registry.require(region, input.brokerId), input.mode);
        return { brokerId: input.brokerId };
      },
      CreateUser: (input, region) => createUser(registry.require(region, input.brokerId), input),
      UpdateUser: (input, region) => updateUser(registry.require(region, input.brokerId), input),
      DeleteUser: (input, region) => deleteUser(registry.require(region, input.brokerId), input.username),
      DescribeUser: (input, region) => describeUser(registry.require(region, input.brokerId), input.username),
      ListUsers: (input, region) => listUsers(registry.require(region, input.brokerId), input),
    };
  }

  async handle(request: ApiRequest): Promise<Members> {
    this.#takeToken(request.region);
    const { operation } = request;
    if (!isModelled(operation)) throw notModelled(`the operation ${operation}`);
    const answer = this.#runRecorded(operation, request);
    if (dropsConnections.has(operation)) await flushStreams();
    return answer;
  }

  #runRecorded(operation: MqOperation, request: ApiRequest): Members {
    const { trail } = this.#options;
    try {
      const answer = this.#run(operation, request);
      trail.record(request, { answer });
      return answer;
    } catch (error) {
      if (error instanceof ApiFault) trail.record(request, { errorCode: error.code });
      throw error;
    }
  }

  #run<O extends MqOperation>(operation: O, request: ApiRequest): Members {
    const input = parseInput(operation, request.input);
    return this.#handlers[operation](input, request.region);
  }

  #takeToken(region: string): void {
    const { settings, clock } = this.#options;
    const bucket = this.#buckets.get(region) ?? new TokenBucket(settings.callsPerSecond, settings.callBurst);
    this.#buckets.set(region, bucket);
    if (!bucket.take(clock.nowMs())) throw throttlingFault('mq', 'Too Many Requests');
  }

  #createBroker(input: MqInput<'CreateBroker'>, region: string): Members {
    const { registry, configurations, lifecycle, reachability, accountId, clock, nextUuid, onBrokerCreated } =
      this.#options;
    const { repeated, record } = createBroker(input, {
      region,
      accountId,
      nowMs: clock.nowMs(),
      registry,
      reaches: (other) => reachability.connects(region, other),
      nextUuid,
    });
    if (!repeated) {
      registry.add(record);
      configurations.open(record, clock.nowMs());
      lifecycle.beginCreation(record);
      onBrokerCreated();
    }
    return { brokerArn: record.brokerArn, brokerId: record.brokerId };
  }

  #rebootBroker(brokerId: string, region: string): Members {
    const { registry, settings, lifecycle } = this.#options;
    const record = registry.require(region, brokerId);
    const state = shownState(record, settings);
    const codes = record.actionsRequired.map((action) => action.actionRequiredCode);
    if (codes.length > 0) {
      throw badRequest(`Broker [${brokerId}] cannot be rebooted: action required: ${codes.join(', ')}.`, 'broker-id');
    }
    if (state !== 'RUNNING' && !(state === 'REPLICA' && settings.rebootOfReplicaAllowed)) {
      throw badRequest(`Broker [${brokerId}] cannot be rebooted in state ${state}.`, 'broker-id');
    }
    lifecycle.beginReboot(record);
    return {};
  }

  #deleteBroker(brokerId: string, region: string, lifecycle: BrokerLifecycle): Members {
    const record = this.#options.registry.require(region, brokerId);
    if (record.pairing !== undefined) {
      throw badRequest(`Broker [${brokerId}] is part of a data replication pair and cannot be deleted.`, 'broker-id');
    }
    if (
      record.state !== 'RUNNING' &&
      record.state !== 'CREATION_FAILED' &&
      record.state !== 'CRITICAL_ACTION_REQUIRED'
    ) {
      throw badRequest(`Broker [${brokerId}] cannot be deleted in state ${record.state}.`, 'broker-id');
    }
    lifecycle.beginDeletion(record);
    return { brokerId };
  }
}

const isModelled = (operation: string): operation is MqOperation => Object.hasOwn(mqInputs, operation);

const parseInput = <O extends MqOperation>(operation: O, input: Members): MqInput<O> => {
  const parsed = mqInputs[operation].safeParse(input);
  if (parsed.success) return parsed.data as MqInput<O>;
  const [issue] = parsed.error.issues;
  const member = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    throw notModelled(`the member ${[member, issue.keys[0]].filter(Boolean).join('.')} of ${operation}`);
  }
  throw badRequest(`Invalid value for ${member}: ${issue?.message ?? 'not allowed'}.`, member);
};
