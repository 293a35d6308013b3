import type { BrokerReading } from '../brokers/broker-snapshot.ts';
import { sidesIn } from '../brokers/pair-sides.ts';
import type { BrokerRef } from '../config/broker-arn.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { decisionId } from '../control/decision-id.ts';
import type { Fence } from '../control/fence.ts';
import type { Intent } from '../control/intent.ts';
import { DrError, NotFound } from '../runtime/errors.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import type { Reading } from '../runtime/reading.ts';
import { runbookLine } from '../runtime/runbook.ts';
import { attributePromotion } from './attribute-promotion.ts';
import type { FenceOfPromoted } from './promoted-fence.ts';
import { promotedOutsidePage } from './promoted-outside.ts';
import type { TriggerEvent } from './trigger-event.ts';

type EventOf<K extends TriggerEvent['kind']> = Extract<TriggerEvent, { kind: K }>;

/** What reacting to an event needs. */
export interface ReactionPorts {
  /** The Region this runs in. */
  readonly region: string;
  members(pair: PairConfig): Promise<readonly [BrokerRef, BrokerRef]>;
  tryDescribe(broker: BrokerRef): Promise<BrokerReading>;
  readPromotion(pair: string): Promise<Intent | undefined>;
  /** What is wrong with a Region's clock, by its newest heartbeat for the pair; undefined when nothing is known to be. */
  readClockProblem(pair: string, region: string): Promise<string | undefined>;
  /** ARN of a state machine of this Region; undefined when it is not deployed. */
  machine(name: 'watch' | 'settle-run' | 'readiness'): string | undefined;
  /** ARN that an execution gets with this name. */
  executionArn(machineArn: string, name: string): string;
  start(machineArn: string, name: string, input: unknown): Promise<'started' | 'exists'>;
  /** Takes the watch of a pair for an execution; false when another one has it. */
  claimWatch(pair: string, executionArn: string): Promise<boolean>;
  releaseWatch(pair: string, executionArn: string): Promise<void>;
  /** Lifts the fence of a broker of this Region that somebody promoted, if it is the primary by now; needs no Control table. */
  liftFence(pair: PairConfig, promoted: BrokerRef): Promise<FenceOfPromoted>;
  readFence(pair: string, region: string): Promise<Reading<Fence | undefined>>;
  /** Whether a run that succeeded still has a lock, an open promotion, or held consumers. @param input its JSON text */
  leavesAnything(executionArn: string, input: string): Promise<boolean>;
  readonly reports: {
    isNoted(pair: string, kind: 'outside-promotion' | 'health', key: string): Promise<boolean>;
    note(pair: string, kind: 'outside-promotion' | 'health', key: string): Promise<void>;
  };
  page(subject: string, message: string): Promise<void>;
  announce(detailType: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}

/** What was done about an event, for the log. */
export type Reaction =
  | 'watch-started'
  | 'already-watched'
  | 'other-side'
  | 're-evaluated'
  | 'outside-promotion-reported'
  | 'unattributed-promotion-reported'
  | 'health-reported'
  | 'reported-before'
  | 'paged'
  | 'settle-run-started'
  | 'settled-before'
  | 'nothing';

/** One reaction, and the pair it concerns. */
export interface Reacted {
  readonly pair?: string;
  readonly reaction: Reaction;
}

interface Concerned {
  readonly pair: PairConfig;
  readonly broker: BrokerRef;
  readonly other: BrokerRef;
  readonly own: BrokerRef | undefined;
}

/** Pairs with a broker that fits; a pair without brokers yet concerns nobody. */
const concernedBy = async (
  pairs: readonly PairConfig[],
  fits: (broker: BrokerRef) => boolean,
  ports: ReactionPorts,
): Promise<readonly Concerned[]> => {
  const found: Concerned[] = [];
  for (const pair of pairs) {
    const members = await ports.members(pair).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
    const broker = members?.find(fits);
    const other = members?.find((member) => member !== broker);
    if (members === undefined || broker === undefined || other === undefined) continue;
    found.push({ pair, broker, other, own: sidesIn(members, ports.region)?.here });
  }
  return found;
};

/**
 * Starts one watch for a pair. The execution's name comes from the event, and its lease is taken before it starts: equal
 * events make one execution, and so do different ones that come together.
 */
const startWatch = async (
  { pair, own }: Concerned,
  signal: string,
  eventKey: readonly string[],
  ports: ReactionPorts,
): Promise<Reaction> => {
  const machineArn = ports.machine('watch');
  if (own === undefined || machineArn === undefined) return 'other-side';
  const reading = await ports.tryDescribe(own);
  // A broker that cannot be read may be the replica, and a watch changes nothing.
  if (reading.known && reading.broker.role !== 'replica') return 'other-side';
  const name = `${pair.name}-${decisionId('watch', pair.name, ...eventKey).slice(0, 16)}`;
  const executionArn = ports.executionArn(machineArn, name);
  try {
    if (!(await ports.claimWatch(pair.name, executionArn))) return 'already-watched';
    const started = await ports.start(machineArn, name, { pair: pair.name, signal });
    if (started === 'started') return 'watch-started';
    // An execution of this name has ended before: the event is an old one, and the lease must not outlive it.
    await ports.releaseWatch(pair.name, executionArn);
    return 'already-watched';
  } catch (error) {
    if (!(error instanceof DrError) || error.kind !== 'transient') throw error;
    await ports.page(
      pageSubject('now', `could not start the automatic watch of ${pair.name}`),
      [
        `${signal}. No watch could be started: ${error.message}`,
        'Nothing will fail over automatically. Check the pair now; start a watch or a failover by hand if it needs one.',
        runbookLine('watch-paged'),
      ].join('\n'),
    );
    return 'paged';
  }
};

const onAlarm = async (
  event: EventOf<'alarm'>,
  pairs: readonly PairConfig[],
  ports: ReactionPorts,
): Promise<readonly Reacted[]> => {
  if (event.state !== 'ALARM') return [];
  // Active and standby report under the broker's name with -1 and -2; docs/amazon-mq.md 10.
  const names = event.brokerDimensions.map((value) => value.replace(/-[12]$/, ''));
  const fits = ({ region, brokerName }: BrokerRef): boolean => region === event.region && names.includes(brokerName);
  const reactions: Reacted[] = [];
  for (const concerned of await concernedBy(pairs, fits, ports)) {
    const signal = `alarm ${event.alarmName}: ${event.reason}`;
    const reaction = await startWatch(concerned, signal, ['alarm', event.region, event.alarmName, event.since], ports);
    reactions.push({ pair: concerned.pair.name, reaction });
  }
  return reactions;
};

const reEvaluate = async (event: TriggerEvent, ports: ReactionPorts): Promise<Reaction> => {
  const machineArn = ports.machine('readiness');
  if (machineArn === undefined) return 'nothing';
  await ports.start(machineArn, `event-${decisionId('readiness', event.id).slice(0, 16)}`, {});
  return 're-evaluated';
};

const reportPromotion = async (
  event: EventOf<'broker-call'>,
  { pair, broker, other }: Concerned,
  ports: ReactionPorts,
): Promise<Reaction> => {
  const { brokerId, region } = broker;
  // First, since it needs no table: a broker that serves must not stay fenced, whoever promoted it.
  const fenceOfPromoted = region === ports.region ? await ports.liftFence(pair, broker) : 'elsewhere';
  const clock = await ports.readClockProblem(pair.name, region);
  const call = { brokerId, calledAtMs: event.calledAtMs };
  const attribution = attributePromotion(call, await ports.readPromotion(pair.name), clock);
  if (attribution === 'ours' || (attribution === 'unattributable' && clock === undefined)) return 'nothing';
  const key = `${brokerId} ${event.calledAtMs}`;
  if (await ports.reports.isNoted(pair.name, 'outside-promotion', key)) return 'reported-before';
  const calledAt = new Date(event.calledAtMs).toISOString();
  const { caller, calledAtMs } = event;
  if (attribution === 'unattributable') {
    await ports.page(
      pageSubject('today', `${pair.name} was promoted, and clocks that disagree hide by whom`),
      [
        `${caller} promoted ${brokerId} in ${region} at ${calledAt}. Whether that was a run of mq-dr cannot be told: ${clock}.`,
        'If no run did, its handover is missing (consumers, fence, endpoint). Check the executions of that time.',
        runbookLine('promoted-outside'),
      ].join('\n'),
    );
    await ports.reports.note(pair.name, 'outside-promotion', key);
    return 'unattributed-promotion-reported';
  }
  const fenceOfOldPrimary = await ports.readFence(pair.name, other.region);
  const fences = { fenceOfPromoted, oldPrimary: other, fenceOfOldPrimary };
  const { subject, message } = promotedOutsidePage({
    pair: pair.name,
    caller,
    calledAtMs,
    promoted: broker,
    ...fences,
  });
  await ports.page(subject, message);
  const detail = { pair: pair.name, brokerId, region, calledAt, caller: event.caller };
  await ports.announce('Promotion Outside mq-dr', detail);
  await ports.reports.note(pair.name, 'outside-promotion', key);
  return 'outside-promotion-reported';
};

const onBrokerCall = async (
  event: EventOf<'broker-call'>,
  pairs: readonly PairConfig[],
  ports: ReactionPorts,
): Promise<readonly Reacted[]> => {
  if (event.refused) return [];
  const fits = ({ region, brokerId }: BrokerRef): boolean => region === event.region && brokerId === event.brokerId;
  const reactions: Reacted[] = [];
  for (const concerned of await concernedBy(pairs, fits, ports)) {
    const pair = concerned.pair.name;
    if (event.operation === 'Promote') {
      reactions.push({ pair, reaction: await reportPromotion(event, concerned, ports) });
    }
    reactions.push({ pair, reaction: await reEvaluate(event, ports) });
  }
  return reactions;
};

const reportHealth = async (
  event: EventOf<'health'>,
  { pair, broker }: Concerned,
  ports: ReactionPorts,
): Promise<Reaction> => {
  const key = `${event.eventArn} ${event.status}`;
  if (await ports.reports.isNoted(pair.name, 'health', key)) return 'reported-before';
  await ports.page(
    pageSubject('info', `AWS Health on ${pair.name}: ${event.typeCode}`),
    [
      `AWS Health reports ${event.typeCode} (${event.category}, ${event.status}) for Amazon MQ in ${event.affectedRegion}.`,
      `The pair ${pair.name} has the broker ${broker.brokerId} there.`,
      event.description,
      runbookLine('aws-health'),
    ].join('\n'),
  );
  await ports.reports.note(pair.name, 'health', key);
  return 'health-reported';
};

const onHealth = async (
  event: EventOf<'health'>,
  pairs: readonly PairConfig[],
  ports: ReactionPorts,
): Promise<readonly Reacted[]> => {
  const named = ({ arn, brokerId }: BrokerRef): boolean =>
    event.entities.length === 0 || event.entities.includes(arn) || event.entities.includes(brokerId);
  const fits = (broker: BrokerRef): boolean => broker.region === event.affectedRegion && named(broker);
  const reactions: Reacted[] = [];
  for (const concerned of await concernedBy(pairs, fits, ports)) {
    const pair = concerned.pair.name;
    reactions.push({ pair, reaction: await reportHealth(event, concerned, ports) });
    if (event.category !== 'issue' || event.status === 'closed') continue;
    const signal = `AWS Health ${event.typeCode} in ${event.affectedRegion}`;
    const reaction = await startWatch(concerned, signal, ['health', event.eventArn, event.status], ports);
    reactions.push({ pair, reaction });
  }
  return reactions;
};

/** Ends that no state of the run itself sees: no Catch runs on a time-out or an abort. */
const settledStatuses: readonly string[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

const onRunEnded = async (event: EventOf<'run-ended'>, ports: ReactionPorts): Promise<readonly Reacted[]> => {
  const machineArn = ports.machine('settle-run');
  // Never for itself: a settle-run that fails would start the next one, for ever.
  if (machineArn === undefined || event.stateMachineArn === machineArn) return [];
  const { executionArn, status, redriveCount } = event;
  if (!settledStatuses.includes(status)) {
    if (status !== 'SUCCEEDED') return [];
    // An input that was too long for the event names nobody whose records could be read first.
    const left = event.input === undefined || (await ports.leavesAnything(executionArn, event.input));
    if (!left) return [{ reaction: 'nothing' }];
  }
  const name = `settle-${decisionId('settle-run', executionArn, status, String(redriveCount)).slice(0, 16)}`;
  const started = await ports.start(machineArn, name, { executionArn });
  return [{ reaction: started === 'started' ? 'settle-run-started' : 'settled-before' }];
};

/**
 * Does what an event asks for; the same event again does nothing new.
 *
 * @throws errors of the ports; EventBridge then hands the event over again
 */
export const reactToEvent = async (
  event: TriggerEvent,
  pairs: readonly PairConfig[],
  ports: ReactionPorts,
): Promise<readonly Reacted[]> => {
  switch (event.kind) {
    case 'alarm':
      return await onAlarm(event, pairs, ports);
    case 'broker-call':
      return await onBrokerCall(event, pairs, ports);
    case 'health':
      return await onHealth(event, pairs, ports);
    case 'run-ended':
      return await onRunEnded(event, ports);
  }
};
