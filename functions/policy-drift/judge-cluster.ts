import type { BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import type { ClusterConfig } from '../config/cluster-config.ts';
import { judgeGuards } from '../control/guard-findings.ts';
import { InvalidInput, NotFound, UnexpectedAnswer } from '../runtime/errors.ts';
import type { Finding } from '../runtime/finding.ts';
import { isAwsOwned } from './aws-owned.ts';
import type { PolicyChange } from './drift-finding.ts';
import { clusterGuards, clusterRun, guardBlockers } from './drift-guards.ts';
import type { DriftInput } from './drift-input.ts';
import { latestRun, readChanges, readHistories } from './drift-records.ts';
import { type Drift, findDrift } from './find-drift.ts';
import type { DriftPorts, ManagementPort } from './ports.ts';
import type { RabbitCluster } from './rabbitmq/rabbit-cluster.ts';
import { exceedsCaps, type HeldChange, planRemediation, type RemediationPlan } from './remediation-plan.ts';
import { planRollback } from './rollback.ts';
import { knownFamilies, profileFor } from './version-profiles.ts';

/** A reading of a cluster with its judgement. */
export interface Judgement {
  readonly broker: BrokerSnapshot;
  readonly cluster: RabbitCluster;
  readonly management: ManagementPort;
  readonly drift: Drift;
  readonly plan: RemediationPlan;
  /** Why nothing may be written now, all reasons; empty in a run that only reports. */
  readonly blockers: readonly Finding[];
  /** `proceed`: there is something to write, and it may be written. */
  readonly verdict: 'in-sync' | 'drifted' | 'refused' | 'proceed';
}

/** What a judgement depends on in addition to the cluster itself. */
export interface JudgeRequest {
  readonly input: DriftInput;
  readonly config: ClusterConfig;
  readonly executionArn: string;
  /** Writes that this run has made. */
  readonly alreadyChanged: number;
  readonly serviceHadItsTime: boolean;
  /** Whether lock and freeze are left to the final check of the write that follows. */
  readonly leavesLock?: boolean;
}

const noDrift: Drift = {
  findings: [],
  excepted: [],
  changes: [],
  declared: new Set(),
  untouchedAwsOwned: 0,
  awaitsService: false,
  simulated: [],
};
const noPlan: RemediationPlan = { steps: [], refused: [], postponed: [], unplanned: 0 };

/**
 * Reads the broker and its management API, finds what drifts, plans, and asks the guards. Writes nothing.
 *
 * @throws NotFound, InvalidInput, UnexpectedAnswer, and what the ports throw
 */
export const judgeCluster = async (request: JudgeRequest, ports: DriftPorts): Promise<Judgement> => {
  const { input, config } = request;
  const broker = await ports.brokers.describe(config.broker);
  if (broker.engine !== 'rabbitmq') {
    throw new InvalidInput(`broker ${config.broker.arn} of cluster "${config.name}" is ${broker.engine}, not RabbitMQ`);
  }
  if (broker.consoleUrl === undefined) {
    throw new UnexpectedAnswer(`DescribeBroker of ${config.broker.brokerId} answered without a console URL`);
  }
  const management = await ports.management(broker.consoleUrl);
  const cluster = await management.readCluster();
  const nowMs = ports.clock.nowMs();
  const profile = profileFor(cluster.version);
  if (profile === undefined) {
    const blocker: Finding = {
      code: 'VERSION_UNKNOWN',
      message: `RabbitMQ ${cluster.version} has no profile; what is known: ${knownFamilies.join(', ')}`,
      evidence: { version: cluster.version },
    };
    return { broker, cluster, management, drift: noDrift, plan: noPlan, blockers: [blocker], verdict: 'refused' };
  }
  const { instanceType } = broker;
  const { serviceHadItsTime, alreadyChanged } = request;
  const drift = findDrift({ cluster, profile, config, instanceType, serviceHadItsTime, nowMs });
  const { changes, held } = await wantedChanges(input, cluster, drift, ports);
  const { limits } = config;
  const histories = await readHistories(ports.records);
  const { declared, simulated } = drift;
  const found = planRemediation({ cluster, profile, limits, changes, declared, simulated, histories, nowMs });
  const plan = { ...found, refused: [...held, ...found.refused] };
  const quiet = drift.findings.length > 0 ? 'drifted' : 'in-sync';
  const writes = plan.steps.length + plan.unplanned;
  const seen = { broker, cluster, management, drift, plan };
  if (input.mode === 'report' || writes === 0) return { ...seen, blockers: [], verdict: quiet };
  const userPolicies = cluster.policies.filter(({ name }) => !isAwsOwned(name)).length;
  const blockers = [
    ...guardBlockers({ broker, cluster, nowMs }),
    ...(request.leavesLock ? [] : await lockBlockers(request.executionArn, nowMs, ports)),
    ...exceedsCaps(plan, userPolicies, limits, alreadyChanged),
  ];
  return { ...seen, blockers, verdict: blockers.length > 0 ? 'refused' : 'proceed' };
};

const lockBlockers = async (executionArn: string, nowMs: number, { guards }: DriftPorts): Promise<readonly Finding[]> =>
  judgeGuards(await guards.read(), { ...clusterRun, executionArn }, clusterGuards, nowMs).blockers;

const wantedChanges = async (
  input: DriftInput,
  cluster: RabbitCluster,
  drift: Drift,
  ports: DriftPorts,
): Promise<{ readonly changes: readonly PolicyChange[]; readonly held: readonly HeldChange[] }> => {
  if (input.mode !== 'rollback') return { changes: drift.changes, held: [] };
  const run = input.rollbackRun ?? (await latestRun(ports.records));
  const records = run === undefined ? [] : await readChanges(ports.records, run);
  if (records.length === 0) {
    const which = run === undefined ? 'no run has changed policies yet' : `run "${run}" has changed no policy`;
    throw new NotFound(`nothing to roll back for cluster "${input.cluster}": ${which}`, { run });
  }
  return planRollback(
    records.map(({ change }) => change),
    cluster.policies,
  );
};
