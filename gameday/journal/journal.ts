import type { Json } from '../../simulator/engine/expression/json.ts';
import type { TrafficNotice, TrafficResult } from '../traffic/traffic.ts';

/** How a game day ended. */
export type Outcome = 'met' | 'deviated' | 'interrupted' | 'aborted';

/** One step of the method or the rollbacks, as it went. Shape of chaostoolkit's journal. */
export interface ActivityResult {
  readonly activity: { readonly type: 'action' | 'probe'; readonly name: string; readonly provider: Json };
  readonly status: 'succeeded' | 'failed' | 'aborted' | 'skipped';
  /** ISO 8601, virtual time. */
  readonly start: string;
  readonly end: string;
  /** Virtual seconds. */
  readonly duration: number;
  readonly output: Json;
  /** Why it did not succeed: name and message of the error. */
  readonly exception?: string;
}

/** One check of the hypothesis. Shape of chaostoolkit's journal. */
export interface HypothesisResult {
  readonly title: string;
  readonly steady_state_met: boolean;
  readonly probes: readonly (ActivityResult & { readonly tolerance_met: boolean; readonly finding: string })[];
}

/** A broker as it was from `atMs` on. Times of all records are virtual milliseconds since the Unix epoch. */
export interface BrokerStateRecord {
  readonly atMs: number;
  readonly pair: string;
  readonly brokerId: string;
  readonly brokerName: string;
  readonly region: string;
  readonly role: string;
  readonly state: string;
  /** Whether its connectors take clients. */
  readonly serves: boolean;
}

/** Replication gauges of a pair at one instant; absent gauges are null (docs/amazon-mq.md 10). */
export interface GaugeRecord {
  readonly atMs: number;
  readonly pair: string;
  readonly totalReplicationLagMs: number | null;
  readonly replicationLagMs: number | null;
  readonly primaryWaitTimeMs: number | null;
  readonly replicaWaitTimeMs: number | null;
  readonly replicationQueueSize: number | null;
}

export interface ApiCallRecord {
  readonly atMs: number;
  readonly endedAtMs: number;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly outcome: string;
  readonly caller: string;
  readonly request: Json;
}

/** How often an operation was called in a Region with one outcome. */
export interface ApiCallCount {
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  /** `ok`, or the error's code. */
  readonly outcome: string;
  readonly calls: number;
}

export interface TransitionRecord {
  readonly atMs: number;
  readonly run: string;
  readonly machine: string;
  readonly region: string;
  readonly state: string;
  readonly stateType: string;
  readonly kind: string;
  readonly error?: string;
}

/** One workflow execution. */
export interface WorkflowRecord {
  readonly run: string;
  readonly machine: string;
  readonly region: string;
  readonly status: string;
  readonly startedAtMs: number;
  /** Absent while it runs. */
  readonly endedAtMs?: number;
  /** State transitions that AWS would bill. */
  readonly transitions: number;
  readonly historyEvents: number;
  readonly output: Json;
  readonly error?: string;
  readonly cause?: string;
}

export interface LogRecord {
  readonly atMs: number;
  readonly level: string;
  readonly function: string;
  readonly region: string;
  readonly message: string;
  readonly fields: { readonly [key: string]: Json };
}

/** What a workflow judged about replication, taken from its log. */
export interface VerdictRecord {
  readonly atMs: number;
  readonly pair: string;
  readonly verdict: string;
  readonly region: string;
  readonly fields: { readonly [key: string]: Json };
}

export interface NotificationRecord {
  readonly atMs: number;
  readonly region: string;
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
}

/** A fault, a cut link or a dark Region, from `atMs` to `endedAtMs` or to the end of the run. */
export interface FaultRecord {
  readonly atMs: number;
  readonly endedAtMs?: number;
  readonly name: string;
  readonly description: string;
  /** Only for a Region that is dark. */
  readonly region?: string;
}

/** Messages per virtual minute over all traffic. */
export interface MinuteRecord {
  readonly atMs: number;
  readonly confirmed: number;
  readonly processed: number;
  readonly sendFailures: number;
  readonly receiveFailures: number;
}

/** What a run was made of, and how to repeat it. The only wall-clock values and paths of a journal are in `wall`. */
export interface EnvironmentRecord {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly scenario: string;
  readonly seed: number;
  /** Command that repeats the run. */
  readonly command: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly wall: { readonly startedAt: string; readonly milliseconds: number; readonly directory: string };
}

/**
 * The record of a game day: chaostoolkit's journal (experiment, status, deviated, start, end, steady_states, run,
 * rollbacks) with everything else that happened. Two runs with one seed differ in `environment.wall` alone.
 */
export interface Journal {
  readonly experiment: Json;
  readonly status: 'completed' | 'failed' | 'aborted' | 'interrupted';
  readonly deviated: boolean;
  readonly outcome: Outcome;
  /** Why the run was aborted. */
  readonly abortReason?: string;
  readonly start: string;
  readonly end: string;
  readonly duration: number;
  readonly steady_states: {
    readonly before: HypothesisResult | null;
    readonly after: HypothesisResult | null;
    readonly during: readonly HypothesisResult[];
  };
  readonly run: readonly ActivityResult[];
  readonly rollbacks: readonly ActivityResult[];
  readonly environment: EnvironmentRecord;
  readonly records: {
    readonly workflows: readonly WorkflowRecord[];
    readonly transitions: readonly TransitionRecord[];
    /** All of them in the file; in memory those that findings are derived from, see `isDecisive`. */
    readonly apiCalls: readonly ApiCallRecord[];
    readonly apiCallCounts: readonly ApiCallCount[];
    readonly verdicts: readonly VerdictRecord[];
    readonly brokers: readonly BrokerStateRecord[];
    readonly gauges: readonly GaugeRecord[];
    readonly faults: readonly FaultRecord[];
    readonly clients: readonly TrafficNotice[];
    readonly logs: readonly LogRecord[];
    readonly notifications: readonly NotificationRecord[];
    readonly messagesPerMinute: readonly MinuteRecord[];
  };
  readonly traffic: readonly TrafficResult[];
}

/** ISO 8601 of virtual milliseconds since the Unix epoch. */
export const isoTime = (atMs: number): string => new Date(atMs).toISOString();
