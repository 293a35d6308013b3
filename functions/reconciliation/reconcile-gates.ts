import { type BrokerReading, servingStates } from '../brokers/broker-snapshot.ts';
import { type ReconciliationConfig, secretOf } from '../config/reconciliation-config.ts';
import type { Assessment, Finding } from '../runtime/finding.ts';
import type { Manifest } from './manifest.ts';

/** What is known when a reconciliation is asked for. */
export interface ReconcileFacts {
  readonly pair: string;
  readonly runningRegion: string;
  readonly otherRegion: string;
  /** The broker of the Region that the workflow runs in. */
  readonly broker: BrokerReading;
  readonly config: ReconciliationConfig | undefined;
  /** Number of the epoch now; 0 before the first promotion that was recorded. */
  readonly epoch: number;
  /** What lock, freeze and enrolment say; without blockers for a run that changes no queue. */
  readonly guards: Assessment;
  /** What the input names: its content, or that there is none of that name. */
  readonly manifest: { readonly hash: string; readonly found: Manifest | undefined } | undefined;
}

const brokerFindings = ({ broker, runningRegion, otherRegion }: ReconcileFacts): readonly Finding[] => {
  if (!broker.known) {
    const message = `the broker of ${runningRegion} cannot be read: ${broker.reason}`;
    return [{ code: 'BROKER_UNREADABLE', message, evidence: { reason: broker.reason } }];
  }
  const { brokerId, role, roleText, state } = broker.broker;
  if (role !== 'primary') {
    return [
      {
        code: 'BROKER_NOT_PRIMARY',
        message: `the broker ${brokerId} reports ${roleText ?? 'no role'} and refuses clients; messages are reconciled on the primary: start it in ${otherRegion} if the primary is there`,
        evidence: { brokerId, role: roleText },
      },
    ];
  }
  return servingStates.includes(state)
    ? []
    : [{ code: 'BROKER_NOT_RUNNING', message: `the broker ${brokerId} is ${state}`, evidence: { brokerId, state } }];
};

const configFindings = ({ config, pair, runningRegion }: ReconcileFacts): readonly Finding[] => {
  if (config === undefined) {
    return [
      {
        code: 'NO_LEDGER',
        message: `pair "${pair}" has no "reconciliation" settings: without a ledger nothing proves what was processed`,
        evidence: { pair },
      },
    ];
  }
  return secretOf(config.secretArns, runningRegion) === undefined
    ? [
        {
          code: 'NO_SECRET',
          message: `none of the secrets in "reconciliation.secretArns" of pair "${pair}" is in ${runningRegion}`,
          evidence: { secretArns: config.secretArns },
        },
      ]
    : [];
};

const manifestFindings = ({ manifest, pair, epoch, broker, runningRegion }: ReconcileFacts): readonly Finding[] => {
  if (manifest === undefined) return [];
  const { hash, found } = manifest;
  if (found === undefined) {
    const message = `pair "${pair}" has no manifest ${hash} in ${runningRegion}; make one with mode "report"`;
    return [{ code: 'MANIFEST_UNKNOWN', message, evidence: { hash } }];
  }
  const findings: Finding[] = [];
  if (found.pair !== pair) {
    const message = `manifest ${hash} belongs to pair "${found.pair}"`;
    findings.push({ code: 'MANIFEST_OF_OTHER_PAIR', message, evidence: { hash, pair: found.pair } });
  }
  if (found.epoch !== epoch || (broker.known && broker.broker.brokerId !== found.brokerId)) {
    findings.push({
      code: 'MANIFEST_STALE',
      message: `manifest ${hash} was made on ${found.brokerId} in epoch ${found.epoch}, and this is epoch ${epoch}: make a new one with mode "report"`,
      evidence: { hash, brokerId: found.brokerId, manifestEpoch: found.epoch, epoch },
    });
  }
  return findings;
};

/** Only the console shows durable subscriptions: without it nobody knows what is not covered. */
const subscriptionFindings = ({ config }: ReconcileFacts): readonly Finding[] => {
  if (config === undefined || config.queues.source === 'console') return [];
  const { source } = config.queues;
  const message = `with the source "${source}" durable subscriptions are not seen, and none is reconciled: check them in the web console`;
  return [{ code: 'SUBSCRIPTIONS_UNSEEN', message, evidence: { source } }];
};

/** Whether the messages of a pair may be reconciled now: every blocker at once. */
export const assessReconcile = (facts: ReconcileFacts): Assessment => ({
  blockers: [...configFindings(facts), ...brokerFindings(facts), ...manifestFindings(facts), ...facts.guards.blockers],
  warnings: [...facts.guards.warnings, ...subscriptionFindings(facts)],
});
