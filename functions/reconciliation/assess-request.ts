import type { NamedBroker } from '../brokers/broker-address.ts';
import type { BrokerReader, BrokerReading } from '../brokers/broker-snapshot.ts';
import { findMembers, type MemberRecords } from '../brokers/find-pair.ts';
import { sidesIn } from '../brokers/pair-sides.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { Assessment, PlannedWrite } from '../runtime/finding.ts';
import { findManifest } from './find-manifest.ts';
import {
  autoFindings,
  guardsFor,
  plannedRemovals,
  planReconciliation,
  type ReconcileMode,
} from './plan-reconciliation.ts';
import { assessReconcile } from './reconcile-gates.ts';
import type { ReconcileInput } from './reconcile-input.ts';
import type { TextStore } from './text-store.ts';

/** What judging a request reads. */
export interface AssessPorts {
  readonly control: MemberRecords;
  readonly brokers: Pick<BrokerReader, 'tryDescribe'>;
  readonly store: Pick<TextStore, 'get'>;
  /** Number of the newest epoch; undefined before the first promotion that was recorded. */
  readonly readEpoch: () => Promise<number | undefined>;
  readonly assessGuards: () => Promise<Assessment>;
}

/** Whether and how a run goes on. */
export type ReconcileRequest =
  | ({ readonly verdict: 'skipped'; readonly because: string } & Assessment)
  | ({
      readonly verdict: 'refused' | 'proceed';
      readonly mode: ReconcileMode;
      readonly dryRun: boolean;
      readonly plannedWrites: readonly PlannedWrite[];
      readonly epoch: number;
      readonly broker: NamedBroker;
    } & Assessment);

/** @throws NotFound for a pair without brokers, InvalidInput for a manifest that was changed, errors of the ports */
export const assessReconcileRequest = async (
  input: ReconcileInput,
  pair: PairConfig,
  region: string,
  ports: AssessPorts,
): Promise<ReconcileRequest> => {
  const plan = planReconciliation(input.mode, pair.reconciliation);
  if ('skipped' in plan) return { verdict: 'skipped', because: plan.skipped, blockers: [], warnings: [] };
  const sides = sidesIn(await findMembers(pair, ports.control), region);
  const epoch = (await ports.readEpoch()) ?? 0;
  const manifest = await findManifest(pair.name, input.manifest, ports.store);
  const { blockers: found, warnings } = assessReconcile({
    pair: pair.name,
    runningRegion: region,
    otherRegion: sides?.there.region ?? 'the other Region',
    broker: await readingOf(sides?.here, region, ports),
    config: pair.reconciliation,
    epoch,
    guards: guardsFor(plan.mode, await ports.assessGuards()),
    manifest,
  });
  const blockers = [...found, ...autoFindings(plan.mode, pair.reconciliation)];
  return {
    verdict: blockers.length > 0 ? 'refused' : 'proceed',
    blockers,
    warnings,
    mode: plan.mode,
    dryRun: input.dryRun,
    plannedWrites: input.dryRun ? plannedRemovals(plan.mode, region, manifest?.found) : [],
    epoch,
    broker: { region, brokerId: sides?.here.brokerId ?? '', brokerName: sides?.here.brokerName ?? '' },
  };
};

const readingOf = async (here: BrokerRef | undefined, region: string, ports: AssessPorts): Promise<BrokerReading> =>
  here === undefined
    ? { known: false, reason: `the pair has no broker in ${region}` }
    : await ports.brokers.tryDescribe(here);
