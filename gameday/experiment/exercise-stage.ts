import { waitLimitMs } from '../../functions/brokers/replication-limits.ts';
import type { SocketAddress } from '../../functions/runtime/runtime.ts';
import type { SimulatedBroker } from '../../simulator/world/broker-inventory.ts';
import { fits } from '../../simulator/world/fault-board.ts';
import { faultSchema } from '../../simulator/world/fault-schema.ts';
import type { EmbeddedRabbitCluster } from '../../simulator/world/rabbitmq/embedded-cluster.ts';
import { controlTable, ledgerTable, Stage } from '../../testbed/stage.ts';
import { addTeamCutover, type TeamCutover } from '../../testbed/team-cutover.ts';
import { startTriggers } from '../../testbed/triggers.ts';
import { consumerFaultsOf } from '../traffic/consumer-faults.ts';
import { consumerLedgers } from '../traffic/consumer-ledger.ts';
import { addClusters } from './rabbit-clusters.ts';
import type { LedgerSettings } from './scenario/schema.ts';
import type { ExerciseStage, StageBroker, StageFactory, StagePlan } from './stage-port.ts';

/** Users of every broker on the stage, as the secrets hold them; the values exist in this process only. */
const users = {
  console: { username: 'operator', password: 'embedded-Operator-42' },
  replication: { username: 'replicator', password: 'embedded-Replicator-42' },
  application: { username: 'application', password: 'embedded-Application-42' },
  administrator: { username: 'administrator', password: 'embedded-Administrator-42' },
} as const;

const brokerUsers = [
  { username: users.console.username, password: users.console.password, consoleAccess: true },
  { username: users.replication.username, password: users.replication.password, replicationUser: true },
  { username: users.application.username, password: users.application.password },
];

const noGauges = {
  totalReplicationLagMs: undefined,
  primaryWaitTimeMs: undefined,
  replicationLagMs: undefined,
  replicaWaitTimeMs: undefined,
  replicationQueueSize: undefined,
};

/** Builds the stage that a scenario's plan asks for: its brokers, secrets and pairs' settings, with mq-dr deployed. */
export const createExerciseStage: StageFactory = async (plan) => {
  const stage = await Stage.create({ seed: plan.seed, startMs: plan.startMs });
  const secrets = addSecrets(stage);
  for (const [name, pair] of Object.entries(plan.pairs)) addPair(stage, name, pair);
  const teams = new Map(Object.entries(plan.pairs).map(([name, pair]) => [name, teamOf(stage, name, pair)]));
  stage.configurePairs(
    Object.entries(plan.pairs).map(([name, pair]) => ({
      name,
      ...pair.settings,
      canary: { secretArn: secrets.application },
      ...(pair.ledger && { reconciliation: ledgerOf(pair.ledger, pair, secrets.console, plan.startMs) }),
      cutover: teams.get(name)?.settings,
      ...(pair.paired && { brokers: memberArns(stage, pair) }),
    })),
  );
  if (plan.triggers) {
    for (const pair of Object.values(plan.pairs)) addAlarms(stage, pair);
    startTriggers(stage);
  }
  return exerciseStage(stage, plan, {
    secrets,
    teams,
    clusters: addClusters(stage, plan.clusters, users.administrator),
  });
};

type PairPlan = StagePlan['pairs'][string];

/** The ledger was there a day before the run begins. */
const ledgerAgeMs = 86_400_000;

const ledgerOf = (settings: LedgerSettings, { primary, replica }: PairPlan, secretArn: string, startMs: number) => ({
  ...settings,
  // The secret has a replica in each Region, under an ARN that differs in the Region alone.
  secretArns: [primary.region, replica.region].map((region) =>
    secretArn.replace(/^((?:[^:]*:){3})[^:]*/, `$1${region}`),
  ),
  ledgerStart: new Date(startMs - ledgerAgeMs).toISOString(),
});

const ledgerPlace = ({ primary, replica }: PairPlan, region: string) => ({
  region,
  otherRegion: region === primary.region ? replica.region : primary.region,
});
type SecretArns = Readonly<Record<Exclude<keyof typeof users, 'administrator'>, string>>;

/** What belongs to the pairs' teams. */
interface Fixtures {
  readonly secrets: SecretArns;
  readonly teams: ReadonlyMap<string, TeamCutover>;
  readonly clusters: ReadonlyMap<string, EmbeddedRabbitCluster>;
}

const teamOf = (stage: Stage, name: string, pair: PairPlan): TeamCutover =>
  addTeamCutover(stage.aws, {
    name,
    regions: [pair.primary.region, pair.replica.region],
    consumers: pair.consumers,
    brokers: () => membersOf(stage, pair),
  });

const addSecrets = (stage: Stage): SecretArns => {
  const add = (name: keyof SecretArns): string =>
    stage.aws.addSecret({
      name: `mq-dr/${name}`,
      value: JSON.stringify(users[name]),
      regions: ['us-east-1', 'us-west-2'],
    });
  return { console: add('console'), replication: add('replication'), application: add('application') };
};

const addPair = (stage: Stage, name: string, pair: PairPlan): void => {
  const settings = {
    engineVersion: pair.engineVersion,
    hostInstanceType: pair.hostInstanceType,
    users: brokerUsers,
    tags: { 'mq-dr:pair': name },
  };
  const primary = stage.aws.addBroker({ ...pair.primary, ...settings });
  if (!pair.paired) return;
  const replica = stage.aws.addBroker({ ...pair.replica, ...settings });
  stage.aws.pairBrokers(primary.brokerId, replica.brokerId);
};

/** One alarm for each broker that is there: nothing comes over the link any more, three of the plugin's heartbeats long. */
const addAlarms = (stage: Stage, pair: PairPlan): void => {
  for (const { region, brokerName } of membersOf(stage, pair)) {
    stage.aws.addAlarm(region, {
      alarmName: `${brokerName}-replica-wait`,
      metrics: [
        { namespace: 'AWS/AmazonMQ', metricName: 'ReplicaWaitTime', dimensions: { Broker: `${brokerName}-1` } },
      ],
      threshold: { above: waitLimitMs, missingData: 'ignore' },
    });
  }
};

const findBroker = (stage: Stage, wanted: PairPlan['primary']): SimulatedBroker | undefined =>
  stage.aws.brokers().find(({ region, brokerName }) => region === wanted.region && brokerName === wanted.brokerName);

const membersOf = (stage: Stage, pair: PairPlan): readonly SimulatedBroker[] =>
  [findBroker(stage, pair.primary), findBroker(stage, pair.replica)].filter((broker) => broker !== undefined);

const memberArns = (stage: Stage, pair: PairPlan): readonly [string, string] => {
  const [first, second] = membersOf(stage, pair).map((broker) => broker.brokerArn);
  if (first === undefined || second === undefined) throw new TypeError('a paired pair has two brokers');
  return [first, second];
};

const servesFrom = (stage: Stage, region: string, dataPlane: SimulatedBroker['dataPlane']): boolean =>
  (dataPlane?.acceptsClients ?? false) && !stage.aws.reachability.isDark(region);

const brokerView = (stage: Stage, { dataPlane, ...broker }: SimulatedBroker): StageBroker => ({
  brokerId: broker.brokerId,
  brokerName: broker.brokerName,
  region: broker.region,
  state: broker.state,
  role: dataPlane?.role ?? 'standalone',
  serves: servesFrom(stage, broker.region, dataPlane),
  gauges: dataPlane?.gauges() ?? noGauges,
  messages: [...(dataPlane?.queueDepths().values() ?? [])].reduce((sum, depth) => sum + depth, 0),
});

const exerciseStage = (stage: Stage, plan: StagePlan, { secrets, teams, clusters }: Fixtures): ExerciseStage => {
  const { aws, clock, engine } = stage;
  const planOf = (name: string): PairPlan => {
    const pair = plan.pairs[name];
    if (pair === undefined) throw new TypeError(`the stage has no pair "${name}"`);
    return pair;
  };
  const regionAt = (endpoint: SocketAddress): string | undefined =>
    stage.aws.brokers().find(({ amqpAddresses }) => amqpAddresses.some((address) => address.host === endpoint.host))
      ?.region;
  const openLedgers = new Map<string, ReturnType<typeof consumerLedgers>>();
  const ledgers = (name: string): ReturnType<typeof consumerLedgers> => {
    const known =
      openLedgers.get(name) ??
      consumerLedgers({
        clock,
        random: aws.randomStream(`consumers of ${name}`),
        pair: name,
        table: ledgerTable,
        awsFrom: (region) => aws.clientSettings({ fromRegion: region }),
      });
    openLedgers.set(name, known);
    return known;
  };
  const linkFault = (name: string): string => `link of ${name}`;
  return {
    clock,
    aws: aws.clientSettings(),
    accountId: aws.accountId,
    // The Region of the table's third replica, which no pair has a broker in.
    control: { region: 'us-east-2', tableName: controlTable },
    random: aws.randomStream('exercise'),
    observe: (observer) => {
      aws.onApiCall((call) => observer.apiCall({ ...call, request: call.request as never, caller: call.caller ?? '' }));
      aws.onNotification(({ atMs, region, topicArn, subject = '', message }) =>
        observer.notification({ atMs, region, topic: topicArn, subject, message }),
      );
      stage.observe({
        transition: ({ machineName, stateName, error, ...rest }) =>
          observer.transition({
            ...rest,
            machine: machineName,
            state: stateName,
            ...(error !== undefined && { error }),
          }),
        statusChange: ({ detail, region }) =>
          observer.statusChange({
            atMs: clock.nowMs(),
            executionArn: detail.executionArn,
            machine: detail.stateMachineArn.split(':').at(-1) ?? '',
            region,
            status: detail.status,
            ...(detail.output !== null && { output: detail.output }),
            ...(detail.error !== null && { error: detail.error }),
            ...(detail.cause !== null && { cause: detail.cause }),
          }),
        brokerChange: () => observer.brokersChanged(),
        log: ({ functionName, fields, ...rest }) =>
          observer.log({ ...rest, function: functionName, fields: JSON.parse(JSON.stringify(fields)) }),
      });
    },
    brokers: (name) => membersOf(stage, planOf(name)).map((broker) => brokerView(stage, broker)),
    references: () => ({
      pairs: Object.fromEntries(
        Object.entries(plan.pairs).map(([name, pair]) => [
          name,
          Object.fromEntries(
            (['primary', 'replica'] as const).map((side) => {
              const found = findBroker(stage, pair[side]);
              return [side, { ...pair[side], arn: found?.brokerArn ?? null, brokerId: found?.brokerId ?? null }];
            }),
          ),
        ]),
      ),
      secrets: { ...secrets },
    }),
    stores: (name) =>
      membersOf(stage, planOf(name)).flatMap(({ brokerId, region, dataPlane }) =>
        [...(dataPlane?.queueDepths().keys() ?? [])].map((queue) => ({
          brokerId,
          queue,
          serves: servesFrom(stage, region, dataPlane),
          // The store keeps ids as JMS shows them; the traffic's own have no prefix.
          messageIds: stage.dataPlanes
            .broker(brokerId)
            .messages(queue)
            .map(({ id }) => id.replace(/^ID:/, '')),
        })),
      ),
    endpoints: (name) => membersOf(stage, planOf(name)).flatMap((broker) => broker.amqpAddresses),
    consumers: (name) => ({
      faults: consumerFaultsOf(aws.faults),
      ...(planOf(name).ledger !== undefined && {
        ledger: (endpoint, run) => ledgers(name)(ledgerPlace(planOf(name), regionAt(endpoint) ?? ''), run),
      }),
    }),
    regionOf: regionAt,
    report: (region, key) => stage.report(region, key),
    consumes: (name, endpoint) => teams.get(name)?.consumes(endpoint) ?? true,
    applicationCredentials: () => users.application,
    connect: (address, timeoutMs, fromRegion) => aws.connect(address, timeoutMs, fromRegion),
    cluster: (name) => {
      const cluster = clusters.get(name);
      if (cluster === undefined) throw new TypeError(`the stage has no cluster "${name}"`);
      return cluster;
    },
    raiseFault: (name, fault) => {
      aws.faults.start({ ...faultSchema.parse(fault), id: name });
    },
    clearFault: (name) => {
      aws.faults.stop(name);
    },
    setLink: (name, up) => {
      const { primary, replica } = planOf(name);
      if (up) aws.faults.stop(linkFault(name));
      else aws.faults.start({ id: linkFault(name), kind: 'link-cut', regions: [primary.region, replica.region] });
    },
    setBroker: (name, region, up) => {
      const broker = membersOf(stage, planOf(name)).find((member) => member.region === region);
      if (broker?.dataPlane === undefined) throw new TypeError(`pair "${name}" has no broker in ${region}`);
      if (up) broker.dataPlane.powerOn();
      else broker.dataPlane.powerOff();
    },
    blackoutRegion: (region, powerOff) => aws.blackout(region, { powerOff }),
    restoreRegion: (region) => aws.restore(region),
    emitEvent: (event) => {
      aws.events.emit(event);
    },
    clientsDenied: (brokerId) => {
      const broker = aws.brokers().find((candidate) => candidate.brokerId === brokerId);
      return aws.faults
        .active('clients-denied')
        .some((fault) => fits(fault.region, broker?.region) && fits(fault.brokerName, broker?.brokerName));
    },
    executionFigures: (executionArn) => {
      const { transitions = 0, historyEvents = 0 } =
        engine.executions().find((execution) => execution.executionArn === executionArn) ?? {};
      return { transitions, historyEvents };
    },
    secrets: () => Object.values(users).map(({ password }) => password),
    listen: (options) => aws.listen(options),
    close: () => stage.close(),
  };
};
