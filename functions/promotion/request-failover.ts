import type { BrokerReading } from '../brokers/broker-snapshot.ts';
import { findMembers } from '../brokers/find-pair.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { decisionId } from '../control/decision-id.ts';
import type { Heartbeat } from '../control/heartbeat.ts';
import { type Intent, type IntentOperation, isOpen } from '../control/intent.ts';
import { type IntentRecords, issueWrite, type LastLook } from '../control/issue-write.ts';
import { DrError, InvalidInput, OutcomeUnknown } from '../runtime/errors.ts';
import type { Assessment, PlannedWrite } from '../runtime/finding.ts';
import { assessFailover } from './failover-gates.ts';
import { predictFailoverLoss } from './failover-loss.ts';
import type { PredictedLoss } from './predicted-loss.ts';

/** What deciding about a failover reads. All of it is in the surviving Region. */
export interface FailoverPorts {
  readonly nowMs: () => number;
  readonly brokers: {
    tryDescribe(address: { readonly region: string; readonly brokerId: string }): Promise<BrokerReading>;
  };
  readonly control: {
    readMembers(pair: string): Promise<readonly string[] | undefined>;
    readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined>;
  };
  readonly heartbeats: { read(pair: string, region: string): Promise<Heartbeat | undefined> };
  /** What lock, freeze, enrolment and anti-flap say. */
  readonly assessGuards: () => Promise<Assessment>;
}

/** What asking for one also writes. */
export interface RequestFailoverPorts extends FailoverPorts {
  readonly brokers: FailoverPorts['brokers'] & {
    promote(
      address: { readonly region: string; readonly brokerId: string },
      mode: 'FAILOVER',
    ): Promise<
      { readonly outcome: 'done'; readonly answer: unknown } | { readonly outcome: 'unknown'; readonly reason: string }
    >;
  };
  readonly control: FailoverPorts['control'] & IntentRecords;
  readonly lastLook: LastLook;
}

/** What is asked for. */
export interface FailoverRequest {
  readonly pair: PairConfig;
  readonly runningRegion: string;
  readonly executionArn: string;
  readonly acceptDataLoss: boolean;
  readonly dryRun: boolean;
  /** Whether the Control table is left out, by a person's word. */
  readonly withoutControl: boolean;
}

/** A failover's gate with what it was judged by. */
export interface FailoverDecision extends Assessment {
  readonly target: BrokerRef;
  readonly counterpart: BrokerRef;
  readonly reading: BrokerReading;
  readonly predictedLoss: PredictedLoss;
  /** The open promotion of this very target, if there is one: a run that goes on where another one stopped. */
  readonly ownIntent: Intent | undefined;
  readonly newestIntent: Intent | undefined;
}

/** A reading that must not hold a failover up: what cannot be had is unknown. */
const orUnknown = async <T>(read: () => Promise<T | undefined>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DrError) return undefined;
    throw error;
  }
};

/**
 * Looks at this Region's broker and judges all gates; writes nothing and asks the other Region nothing.
 *
 * @throws NotFound for a pair without brokers, InvalidInput when it has none in this Region, ServiceUnavailable when
 * the intent cannot be read
 */
export const assessFailoverRequest = async (
  request: FailoverRequest,
  ports: FailoverPorts,
): Promise<FailoverDecision> => {
  const { pair, runningRegion } = request;
  const members = await findMembers(pair, ports.control);
  const target = members.find((member) => member.region === runningRegion);
  const counterpart = members.find((member) => member !== target);
  if (target === undefined || counterpart === undefined) {
    const regions = members.map((member) => member.region).join(' and ');
    throw new InvalidInput(`pair "${pair.name}" has no broker in ${runningRegion}; its Regions are ${regions}`);
  }
  const reading = await ports.brokers.tryDescribe(target);
  const guards = await ports.assessGuards();
  // The guards have said so already; asking the table again would only end the run without its reasons.
  const withoutTable = request.withoutControl || guards.blockers.some(({ code }) => code === 'CONTROL_UNREACHABLE');
  const newestIntent = withoutTable ? undefined : await ports.control.readIntent(pair.name, 'Promote');
  const heartbeat = withoutTable
    ? undefined
    : await orUnknown(() => ports.heartbeats.read(pair.name, counterpart.region));
  const predictedLoss = predictFailoverLoss(heartbeat, ports.nowMs());
  const ownIntent = isOpen(newestIntent) && newestIntent.subject === target.brokerId ? newestIntent : undefined;
  const assessment = assessFailover({
    acceptDataLoss: request.acceptDataLoss,
    runningRegion,
    otherRegion: counterpart.region,
    target: reading,
    predictedLoss,
    guards,
  });
  // A target that is primary by this very promotion is where the run goes on, not a wrong Region.
  const arrived = ownIntent !== undefined && reading.known && reading.broker.role === 'primary';
  return {
    blockers: assessment.blockers.filter((finding) => !arrived || finding.code !== 'WRONG_REGION'),
    warnings: assessment.warnings,
    target,
    counterpart,
    reading,
    predictedLoss,
    ownIntent,
    newestIntent,
  };
};

/** What became of the request. */
export type FailoverResult =
  | { readonly outcome: 'requested' | 'under-way' | 'already-primary'; readonly predictedLoss: PredictedLoss }
  | { readonly outcome: 'dry-run'; readonly plannedWrites: readonly PlannedWrite[] }
  | ({ readonly outcome: 'refused' } & Assessment);

/**
 * How long after an unconfirmed request a broker that still reads REPLICA counts as not promoted. A failover takes
 * effect within three seconds (docs/amazon-mq.md 13, row 10); half a minute leaves room for a slow answer.
 */
export const failoverSettleMs = 30_000;

/**
 * Asks this Region's replica to become the primary at once, at most once for one decision. The role is read again right
 * before: a switchover that has completed meanwhile leaves nothing to promote.
 *
 * @throws OutcomeUnknown while an unconfirmed request is too young to be judged, and as `issueWrite` and
 * `assessFailoverRequest`
 */
export const requestFailover = async (
  request: FailoverRequest,
  ports: RequestFailoverPorts,
): Promise<FailoverResult> => {
  const decision = await assessFailoverRequest(request, ports);
  const { blockers, warnings, target, reading, predictedLoss, ownIntent, newestIntent } = decision;
  const isPrimary = reading.known && reading.broker.role === 'primary';
  const underWay = ownIntent?.mode === 'FAILOVER' && ownIntent.status === 'issued';
  // Nothing would be promoted; a dry run does not go on to watch and settle either.
  if (request.dryRun && ownIntent !== undefined && (isPrimary || underWay)) {
    return { outcome: 'dry-run', plannedWrites: [] };
  }
  // The failover itself has arrived and only its answer was lost: what follows is a failover's, not a switchover's.
  if (isPrimary && ownIntent?.mode === 'FAILOVER') return { outcome: 'under-way', predictedLoss };
  // Without records it was this run that promoted: its gate has read a replica, and an answer may have been lost.
  if (isPrimary && (ownIntent !== undefined || (request.withoutControl && !request.dryRun))) {
    return { outcome: 'already-primary', predictedLoss };
  }
  if (ownIntent?.mode === 'FAILOVER' && !isPrimary) {
    if (underWay) return { outcome: 'under-way', predictedLoss };
    if (ports.nowMs() - ownIntent.openedAtMs < failoverSettleMs) {
      throw new OutcomeUnknown(`a failover to ${target.brokerId} was requested and cannot be seen yet; looking again`, {
        openedAtMs: ownIntent.openedAtMs,
      });
    }
  }
  if (blockers.length > 0) return { outcome: 'refused', blockers, warnings };
  const lateBlockers = request.withoutControl ? [] : await ports.lastLook();
  if (lateBlockers.length > 0) return { outcome: 'refused', blockers: lateBlockers, warnings };
  if (request.dryRun) {
    const planned = { BrokerId: target.brokerId, Mode: 'FAILOVER' };
    const write = { service: 'mq', operation: 'Promote', region: target.region, request: planned };
    return { outcome: 'dry-run', plannedWrites: [write] };
  }
  if (request.withoutControl) return await promoteWithoutRecord(target, predictedLoss, ports);

  // A switchover that stalled, or an own request without effect, makes way: FAILOVER may interrupt a SWITCHOVER.
  if (isOpen(newestIntent)) {
    await ports.control.settleIntent(newestIntent, ownIntent?.mode === 'FAILOVER' ? 'not-effective' : 'superseded');
  }
  const sequence = (newestIntent?.sequence ?? 0) + 1;
  const intent: Intent = {
    pair: request.pair.name,
    operation: 'Promote',
    mode: 'FAILOVER',
    sequence,
    decision: decisionId('failover', request.pair.name, target.brokerId, String(sequence)),
    subject: target.brokerId,
    status: 'issuing',
    executionArn: request.executionArn,
    openedAtMs: ports.nowMs(),
  };
  await issueWrite(intent, ports.control, () => ports.brokers.promote(target, 'FAILOVER'));
  return { outcome: 'requested', predictedLoss };
};

/** A person's override: the role that was just read is all that keeps a second call from being made. */
const promoteWithoutRecord = async (
  target: BrokerRef,
  predictedLoss: PredictedLoss,
  ports: Pick<RequestFailoverPorts, 'brokers'>,
): Promise<FailoverResult> => {
  const written = await ports.brokers.promote(target, 'FAILOVER');
  return { outcome: written.outcome === 'done' ? 'requested' : 'under-way', predictedLoss };
};
