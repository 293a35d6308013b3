import type { WriteOutcome } from '../aws/write-outcome.ts';
import type { BrokerAddress } from '../brokers/broker-address.ts';
import type { BrokerReader, BrokerReading } from '../brokers/broker-snapshot.ts';
import type { MemberRecords } from '../brokers/find-pair.ts';
import { sidesOf } from '../brokers/pair-sides.ts';
import { readHeartbeats, readReplicaWait, type SignalPorts } from '../brokers/read-signals.ts';
import type { GaugeReading } from '../brokers/replication-gauges.ts';
import { signalsAgainst } from '../brokers/two-signal-rule.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { dueUnless, guardedWrite, type WriteResult, type WriteStep } from '../control/guarded-write.ts';
import type { HeartbeatReader } from '../control/heartbeat.ts';
import type { Intent, IntentReader } from '../control/intent.ts';
import { type IntendedWrite, intentJournal, type PairWritePorts, showsWithinMs } from '../control/intent-journal.ts';
import { type Assessment, joined } from '../runtime/finding.ts';
import { tryRead } from '../runtime/reading.ts';
import { assessFailover, type FailoverFacts } from './failover-gates.ts';
import { type PredictedLoss, predictFailoverLoss } from './predicted-loss.ts';

/** What deciding about a failover reads. All of it is in the surviving Region. */
interface FailoverReadPorts {
  readonly clock: { nowMs(): number };
  readonly brokers: Pick<BrokerReader, 'tryDescribe'>;
  readonly control: MemberRecords;
  readonly heartbeats: HeartbeatReader;
}

/** What its gate reads in addition. */
export type FailoverPorts = FailoverReadPorts & {
  readonly control: IntentReader;
  /** What lock, freeze, enrolment and anti-flap say. */
  readonly assessGuards: () => Promise<Assessment>;
};

/** What asking for one also writes. */
export type RequestFailoverPorts = SignalPorts &
  FailoverReadPorts &
  PairWritePorts & { readonly brokers: { promote(address: BrokerAddress, mode: 'FAILOVER'): Promise<WriteOutcome> } };

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

/** What is asked for by the state that promotes. */
export interface FailoverOrder extends FailoverRequest {
  /** Whether an event asks for it: then the signals must still agree right before the call. */
  readonly automatic: boolean;
  /** When they were seen to agree, in milliseconds since the Unix epoch; null where a person asks. */
  readonly agreedAtMs: number | null;
}

/** What is known when a failover is decided. */
interface KnownFacts extends FailoverFacts {
  readonly broker: BrokerRef;
  readonly counterpart: BrokerRef;
  /**
   * The promotion of this very broker whose handover may be missing: one that is open, or was closed as one without an
   * effect, which a broker that is primary by now contradicts. A run goes on where another one stopped.
   */
  readonly ownIntent: Intent | undefined;
}

/** A failover's gate with what it was judged by. */
export interface FailoverDecision extends Assessment, KnownFacts {}

const tableLeftOut = { known: false, reason: 'the Control table was not read' } as const;

/** Reads this Region's broker, and asks the other Region nothing. `newest` is the pair's newest promotion, read before. */
const gatherFacts = async (
  { pair, runningRegion, acceptDataLoss }: FailoverRequest,
  newest: Intent | undefined,
  withoutTable: boolean,
  ports: FailoverReadPorts,
): Promise<KnownFacts> => {
  const { here: broker, there: counterpart } = await sidesOf(pair, runningRegion, ports.control);
  const otherRegion = counterpart.region;
  const target = await ports.brokers.tryDescribe(broker);
  const primaryHeartbeat = withoutTable
    ? tableLeftOut
    : await tryRead(() => ports.heartbeats.read(pair.name, otherRegion));
  const nowMs = ports.clock.nowMs();
  const predictedLoss = predictFailoverLoss(primaryHeartbeat, nowMs);
  const ownIntent = newest?.subject === broker.brokerId && newest.settledAs !== 'effective' ? newest : undefined;
  const read = { otherRegion, target, predictedLoss, primaryHeartbeat, nowMs };
  return { acceptDataLoss, runningRegion, broker, counterpart, ownIntent, ...read };
};

const isPrimary = ({ target }: KnownFacts): boolean => target.known && target.broker.role === 'primary';

/**
 * Judges all gates of a failover at once; writes nothing and asks the other Region nothing.
 *
 * @throws NotFound for a pair without brokers, InvalidInput when it has none in this Region, ServiceUnavailable when
 * the intent cannot be read
 */
export const assessFailoverRequest = async (
  request: FailoverRequest,
  ports: FailoverPorts,
): Promise<FailoverDecision> => {
  const guards = await ports.assessGuards();
  // The guards have said so already; asking the table again would only end the run without its reasons.
  const withoutTable = request.withoutControl || guards.blockers.some(({ code }) => code === 'CONTROL_UNREACHABLE');
  const newest = withoutTable ? undefined : await ports.control.readIntent(request.pair.name, 'Promote');
  const facts = await gatherFacts(request, newest, withoutTable, ports);
  const { blockers, warnings } = joined(assessFailover(facts), guards);
  // A target that is primary by this very promotion is where the run goes on, not a wrong Region.
  const arrived = facts.ownIntent !== undefined && isPrimary(facts);
  return { ...facts, blockers: blockers.filter(({ code }) => !arrived || code !== 'WRONG_REGION'), warnings };
};

/** How the request went. */
export interface FailoverOutcome {
  readonly outcome: 'requested' | 'under-way' | 'already-primary';
  readonly predictedLoss: PredictedLoss;
}

/** An automatic failover that was not made, because what it rested on is not so any more; all reasons against it. */
export type SignalsCleared = { readonly outcome: 'signals-cleared' } & Assessment;

const signalCodes: readonly string[] = ['SIGNALS_CLEARED', 'SIGNALS_UNKNOWN'];

/**
 * How long after an unconfirmed request a broker that still reads REPLICA counts as not promoted. A failover takes
 * effect within three seconds (docs/amazon-mq.md 13, row 10); half a minute leaves room for a slow answer.
 */
export const failoverSettleMs = 30_000;

/** The promotion, as its intent and its call need it. */
interface FailoverWrite extends IntendedWrite {
  readonly target: BrokerRef;
  readonly counterpart: BrokerRef;
  /** The target as it was read. */
  readonly replica: BrokerReading;
  readonly predictedLoss: PredictedLoss;
}

/** Whether this Region's broker is the primary, is becoming it, must not be asked, or is still to be. */
const decideFailover = (request: FailoverRequest, facts: KnownFacts): WriteStep<FailoverOutcome, FailoverWrite> => {
  const { ownIntent, predictedLoss, broker, counterpart, target: replica } = facts;
  const done = (outcome: FailoverOutcome['outcome']) => ({ step: 'done', result: { outcome, predictedLoss } }) as const;
  const ownFailover = ownIntent?.mode === 'FAILOVER' ? ownIntent : undefined;
  // An answer was lost, or the service confirmed: what follows is a failover's, not a switchover's.
  if (ownFailover !== undefined && (isPrimary(facts) || ownFailover.status === 'issued')) return done('under-way');
  // Without records it was this run that promoted: its gate has read a replica, and an answer may have been lost.
  const promotedUnrecorded = request.withoutControl && !request.dryRun;
  if (isPrimary(facts) && (ownIntent !== undefined || promotedUnrecorded)) return done('already-primary');
  const { region, brokerId } = broker;
  return dueUnless(assessFailover(facts), {
    write: { subject: brokerId, mode: 'FAILOVER', target: broker, counterpart, replica, predictedLoss },
    plannedWrites: [{ service: 'mq', operation: 'Promote', region, request: { BrokerId: brokerId, Mode: 'FAILOVER' } }],
    // Any other open promotion makes way: FAILOVER may interrupt a SWITCHOVER.
    openEnded: ownFailover === undefined ? 'superseded' : undefined,
  });
};

/**
 * Asks this Region's replica to become the primary at once, at most once for one decision. The role is read right before:
 * a switchover that has completed meanwhile leaves nothing to promote. An automatic run's signals are judged again then.
 *
 * @throws as `guardedWrite`; NotFound for a pair without brokers, InvalidInput when it has none in this Region
 */
export const requestFailover = async (
  request: FailoverOrder,
  ports: RequestFailoverPorts,
): Promise<WriteResult<FailoverOutcome> | SignalsCleared> => {
  const { pair, executionArn, dryRun, withoutControl, automatic, agreedAtMs } = request;
  let replicaWait: GaugeReading | undefined;
  const result: WriteResult<FailoverOutcome> = await guardedWrite({
    name: `Promote FAILOVER for ${pair.name}`,
    dryRun,
    ports,
    journal: withoutControl
      ? undefined
      : intentJournal(ports, { pair: pair.name, operation: 'Promote', executionArn, verb: 'failover' }),
    settleMs: failoverSettleMs,
    showsWithinMs,
    decide: async (newest) => decideFailover(request, await gatherFacts(request, newest, withoutControl, ports)),
    finalEvidence: async ({ target, counterpart, replica }) => {
      if (!automatic) return [];
      replicaWait ??= await readReplicaWait(target, ports);
      const steady = { replica, replicaWait };
      return signalsAgainst(await readHeartbeats(pair.name, target, counterpart, steady, ports), agreedAtMs);
    },
    call: async ({ target }): Promise<WriteOutcome<FailoverOutcome['outcome']>> => {
      const called = await ports.brokers.promote(target, 'FAILOVER');
      if (called.outcome === 'done') return { outcome: 'done', answer: 'requested' };
      // Without a record there is nothing to settle later: the run goes on and observes the role.
      return withoutControl ? { outcome: 'done', answer: 'under-way' } : called;
    },
    written: (outcome, { predictedLoss }): FailoverOutcome => ({ outcome, predictedLoss }),
  });
  if (result.outcome !== 'refused') return result;
  const cleared = result.blockers.some(({ code }) => signalCodes.includes(code));
  return cleared ? { ...result, outcome: 'signals-cleared' } : result;
};
