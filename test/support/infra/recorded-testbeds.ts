import { vi } from 'vitest';
import type { LogFields } from '../../../functions/runtime/log.ts';
import { functions } from '../../../infra/catalogue.ts';
import { type DeploymentConfig, parseDeployment } from '../../../infra/config/config.ts';
import { functionPolicy } from '../../../infra/grants/function-policy.ts';
import { scopeOf } from '../../../infra/grants/scope.ts';
import { statementsOf } from '../../../infra/grants/statements.ts';
import { functionsOfRules, regionRules } from '../../../infra/triggers.ts';
import type { ApiCall } from '../../../simulator/api/api-call.ts';
import { embeddedMetrics } from '../../../simulator/world/cloudwatch/embedded-metrics.ts';
import { SimulatedAws } from '../../../simulator/world/simulated-aws.ts';
import { Testbed } from '../../../testbed/testbed.ts';
import { isAllowed } from './iam.ts';
import { iamRequestsOf } from './iam-requests.ts';

/** A test bed, and the brokers that were ever seen on it. */
interface Recording {
  readonly testbed: Testbed;
  readonly brokerArns: Map<string, string>;
  /** Kept here: the test bed of a game day forgets them. */
  readonly calls: ApiCall[];
}

/** What all test beds of a test file showed. */
export interface Usage {
  /** Calls that the function's role would not allow: `promote-replica mq:Promote arn:… in us-west-2`. */
  readonly denied: ReadonlySet<string>;
  /** Rights that calls used: `promote-replica mq:Promote pair brokers here`. */
  readonly used: ReadonlySet<string>;
  /** Functions that opened a connection to a broker. */
  readonly contacting: ReadonlySet<string>;
  /** Series that log lines measured, without the dimensions' values: `mq-dr Ready Pair`. */
  readonly measured: ReadonlySet<string>;
  /** Fields that lines of a function lack which say what they belong to: `record-pair without execution`. */
  readonly unattributed: ReadonlySet<string>;
}

/** Functions call as `<machine> <execution>: <function>` or `event <Region>: <function>`, branches with `/<n>` behind. */
const functionOf = (caller: string | undefined): string | undefined => {
  const name = /: ([a-z-]+)(?:\/\d+)*$/.exec(caller ?? '')?.[1];
  return functions.some((spec) => spec.name === name) ? name : undefined;
};

/** What brokers serve themselves, by user and password. */
const doors: readonly string[] = ['rabbitmq', 'activemq-console'];

/** The deployment that a test bed stands for. */
const deploymentOf = ({ testbed, brokerArns, calls }: Recording, secrets: readonly string[]): DeploymentConfig => {
  const { deployedPairs: pairs, deployedClusters: clusters } = testbed;
  const created = calls.find(({ operation }) => operation === 'CreateBroker');
  const taken = pairs.flatMap(({ brokers = [] }) => brokers);
  const single = [...brokerArns.values()].filter((arn) => !taken.includes(arn)).slice(0, 1);
  return parseDeployment(
    {
      pairs: pairs.map((pair) => ({
        ...pair,
        access: 'public',
        rtoSeconds: 3_600,
        rpoSeconds: 60,
        ...(pair.brokers === undefined && {
          brokers: single,
          replica: {
            region: created?.region ?? 'us-west-2',
            name: (created?.request as { brokerName?: string } | undefined)?.brokerName ?? 'replica',
            secretArns: secrets,
          },
        }),
      })),
      clusters: clusters.map((cluster) => ({ ...cluster, access: 'public' })),
      notifications: { page: [{ protocol: 'email', endpoint: 'on-call@example.com' }] },
      state: { region: 'us-east-2' },
    },
    `the test bed of ${testbed.aws.accountId}`,
  );
};

/** Records every test bed that is made from now on. */
export const recordTestbeds = (): { readonly usage: () => Usage } => {
  const recordings: Recording[] = [];
  const secrets: string[] = [];
  const contacting = new Set<string>();
  const [measured, unattributed] = [new Set<string>(), new Set<string>()];
  const create = Testbed.create.bind(Testbed);
  vi.spyOn(Testbed, 'create').mockImplementation(async (plan) => {
    const testbed = await create(plan);
    const brokerArns = new Map<string, string>();
    const note = () => {
      for (const { brokerId, brokerArn } of testbed.aws.brokers()) brokerArns.set(brokerId, brokerArn);
    };
    note();
    const calls: ApiCall[] = [];
    recordings.push({ testbed, brokerArns, calls });
    testbed.observe({
      apiCall: (call) => {
        calls.push(call);
        note();
      },
      log: ({ functionName, fields }) => {
        for (const series of seriesOf(fields)) measured.add(series);
        for (const field of lackedBy(functionName, fields)) unattributed.add(`${functionName} without ${field}`);
      },
    });
    for (const way of ['connect', 'httpRequest'] as const) spyOnContacts(testbed, way, contacting);
    return testbed;
  });
  const addSecret = SimulatedAws.prototype.addSecret;
  vi.spyOn(SimulatedAws.prototype, 'addSecret').mockImplementation(function (this: SimulatedAws, secret) {
    const arn = addSecret.call(this, secret);
    secrets.push(arn);
    return arn;
  });
  return { usage: () => ({ ...usageOf(recordings, secrets), contacting, measured, unattributed }) };
};

const spyOnContacts = (testbed: Testbed, way: 'connect' | 'httpRequest', contacting: Set<string>): void => {
  const original = testbed.aws[way].bind(testbed.aws) as (...args: readonly unknown[]) => Promise<unknown>;
  const spied = (...args: readonly unknown[]): Promise<unknown> => {
    const name = functionOf(testbed.clock.currentActorName());
    if (name !== undefined) contacting.add(name);
    return original(...args);
  };
  Object.defineProperty(testbed.aws, way, { value: spied });
};

/** Series of a line in the embedded metric format. */
const seriesOf = (fields: LogFields): readonly string[] =>
  embeddedMetrics(fields).flatMap(({ Namespace, MetricData }) =>
    MetricData.map(
      ({ MetricName, Dimensions }) => `${Namespace} ${MetricName} ${Dimensions.map(({ Name }) => Name).join(' ')}`,
    ),
  );

/** Functions that look after everything in their Region, called by rules and not by a run. */
const calledByRules = functionsOfRules(regionRules((name) => name));

const lackedBy = (functionName: string, fields: LogFields): readonly string[] =>
  calledByRules.includes(functionName)
    ? []
    : [
        ...('execution' in fields ? [] : ['execution']),
        ...('pair' in fields || 'cluster' in fields ? [] : ['pair or cluster']),
      ];

const usageOf = (recordings: readonly Recording[], secrets: readonly string[]): Pick<Usage, 'denied' | 'used'> => {
  const denied = new Set<string>();
  const used = new Set<string>();
  for (const recording of recordings) {
    const deployment = deploymentOf(recording, secrets);
    const seen = new Set<string>();
    for (const call of recording.calls) {
      const name = functionOf(call.caller);
      const spec = functions.find((each) => each.name === name);
      const region = call.attemptedByRegion;
      if (spec === undefined || region === undefined || doors.includes(call.service)) continue;
      const scope = scopeOf(deployment, region);
      for (const request of iamRequestsOf(call, recording.testbed.aws.accountId, recording.brokerArns)) {
        const key = JSON.stringify([name, region, request]);
        if (seen.has(key)) continue;
        seen.add(key);
        const policy = functionPolicy(spec, scope, { inNetwork: false, calledByRules: false });
        if (!isAllowed(policy, request)) denied.add(`${name} ${request.action} ${request.resource} in ${region}`);
        for (const grant of spec.can) {
          const concerned = isAllowed({ Version: '2012-10-17', Statement: statementsOf([grant], scope) }, request);
          if (concerned) used.add(`${name} ${grant.action} ${grant.on}`);
        }
      }
    }
  }
  return { denied, used };
};
