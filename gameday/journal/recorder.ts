import type {
  StageApiCall,
  StageBroker,
  StageLog,
  StageNotification,
  StageObserver,
  StageStatusChange,
  StageTransition,
} from '../experiment/stage-port.ts';
import type { Json } from '../experiment/step.ts';
import type { TrafficNotice } from '../traffic/traffic.ts';
import type {
  ApiCallRecord,
  BrokerStateRecord,
  FaultRecord,
  GaugeRecord,
  Journal,
  LogRecord,
  NotificationRecord,
  TransitionRecord,
  VerdictRecord,
  WorkflowRecord,
} from './journal.ts';

/** What a live display hears, as it happens. */
export type LiveEvent =
  | {
      readonly type: 'step';
      readonly atMs: number;
      readonly text: string;
      readonly status: 'started' | 'succeeded' | 'failed';
    }
  | { readonly type: 'transition'; readonly record: TransitionRecord }
  | { readonly type: 'workflow'; readonly atMs: number; readonly run: string; readonly status: string }
  | { readonly type: 'broker'; readonly record: BrokerStateRecord }
  | { readonly type: 'verdict'; readonly record: VerdictRecord }
  | { readonly type: 'log'; readonly record: LogRecord }
  | { readonly type: 'fault'; readonly atMs: number; readonly description: string; readonly raised: boolean }
  | { readonly type: 'client'; readonly notice: TrafficNotice }
  | { readonly type: 'notification'; readonly record: NotificationRecord };

interface OpenWorkflow {
  readonly run: string;
  readonly machine: string;
  readonly region: string;
  readonly executionArn: string;
  status: string;
  startedAtMs: number;
  endedAtMs?: number;
  output: Json;
  error?: string;
  cause?: string;
}

/** Collects everything that happens in a run, in order, and passes it on to a live display. */
export class Recorder implements Omit<StageObserver, 'brokersChanged'> {
  readonly #listen: (event: LiveEvent) => void;
  readonly #workflows = new Map<string, OpenWorkflow>();
  readonly #transitions: TransitionRecord[] = [];
  readonly #apiCalls: ApiCallRecord[] = [];
  readonly #verdicts: VerdictRecord[] = [];
  readonly #brokers: BrokerStateRecord[] = [];
  readonly #latestBroker = new Map<string, BrokerStateRecord>();
  readonly #gauges: GaugeRecord[] = [];
  readonly #faults: { atMs: number; endedAtMs?: number; name: string; description: string; region?: string }[] = [];
  readonly #clients: TrafficNotice[] = [];
  readonly #logs: LogRecord[] = [];
  readonly #notifications: NotificationRecord[] = [];

  constructor(listen: (event: LiveEvent) => void) {
    this.#listen = listen;
  }

  apiCall(call: StageApiCall): void {
    const { atMs, endedAtMs, region, service, operation, outcome, caller, request } = call;
    this.#apiCalls.push({ atMs, endedAtMs, region, service, operation, outcome, caller, request });
  }

  transition(transition: StageTransition): void {
    const { atMs, executionArn, machine, region, state, stateType, kind, error } = transition;
    const { run } = this.#workflow(executionArn, machine, region, atMs);
    const record = { atMs, run, machine, region, state, stateType, kind, ...(error === undefined ? {} : { error }) };
    this.#transitions.push(record);
    this.#listen({ type: 'transition', record });
  }

  statusChange(change: StageStatusChange): void {
    const workflow = this.#workflow(change.executionArn, change.machine, change.region, change.atMs);
    workflow.status = change.status;
    if (change.output !== undefined) workflow.output = JSON.parse(change.output) as Json;
    if (change.error !== undefined) workflow.error = change.error;
    if (change.cause !== undefined) workflow.cause = change.cause;
    if (change.status !== 'RUNNING') workflow.endedAtMs = change.atMs;
    this.#listen({ type: 'workflow', atMs: change.atMs, run: workflow.run, status: change.status });
  }

  log(log: StageLog): void {
    const { atMs, level, region, message, fields } = log;
    const record: LogRecord = { atMs, level, function: log.function, region, message, fields };
    this.#logs.push(record);
    this.#listen({ type: 'log', record });
    const { verdict, pair } = fields;
    if (typeof verdict !== 'string' || typeof pair !== 'string') return;
    const judged = { atMs, pair, verdict, region, fields };
    this.#verdicts.push(judged);
    this.#listen({ type: 'verdict', record: judged });
  }

  notification(notification: StageNotification): void {
    const { atMs, region, topic, subject, message } = notification;
    const record = { atMs, region, topic, subject, message };
    this.#notifications.push(record);
    this.#listen({ type: 'notification', record });
  }

  /** A look at a broker; only what differs from the last look is kept. */
  broker(pair: string, broker: StageBroker, atMs: number): void {
    const { brokerId, brokerName, region, role, state, serves } = broker;
    const last = this.#latestBroker.get(brokerId);
    if (last !== undefined && last.role === role && last.state === state && last.serves === serves) return;
    const record = { atMs, pair, brokerId, brokerName, region, role, state, serves };
    this.#latestBroker.set(brokerId, record);
    this.#brokers.push(record);
    this.#listen({ type: 'broker', record });
  }

  gauges(record: GaugeRecord): void {
    this.#gauges.push(record);
  }

  /** @param region the Region that is dark, if that is the fault */
  faultRaised(name: string, description: string, atMs: number, region?: string): void {
    this.#faults.push({ atMs, name, description, ...(region !== undefined && { region }) });
    this.#listen({ type: 'fault', atMs, description, raised: true });
  }

  faultCleared(name: string, atMs: number): void {
    const fault = this.#faults.findLast((record) => record.name === name && record.endedAtMs === undefined);
    if (fault === undefined) return;
    fault.endedAtMs = atMs;
    this.#listen({ type: 'fault', atMs, description: fault.description, raised: false });
  }

  client(notice: TrafficNotice): void {
    this.#clients.push(notice);
    this.#listen({ type: 'client', notice });
  }

  step(text: string, status: 'started' | 'succeeded' | 'failed', atMs: number): void {
    this.#listen({ type: 'step', text, status, atMs });
  }

  /** Executions seen so far. */
  workflows(): readonly Readonly<OpenWorkflow>[] {
    return [...this.#workflows.values()];
  }

  /** What operators have been told so far, oldest first. */
  notifications(): readonly NotificationRecord[] {
    return this.#notifications;
  }

  /** Everything collected; `figures` gives what the engine counted per execution. */
  records(
    figures: (executionArn: string) => { readonly transitions: number; readonly historyEvents: number },
  ): Omit<Journal['records'], 'messagesPerMinute'> {
    return {
      workflows: [...this.#workflows.values()].map(({ executionArn, ...workflow }): WorkflowRecord => {
        return { ...workflow, ...figures(executionArn) };
      }),
      transitions: this.#transitions,
      apiCalls: this.#apiCalls,
      verdicts: this.#verdicts,
      brokers: this.#brokers,
      gauges: this.#gauges,
      faults: this.#faults.map((fault): FaultRecord => ({ ...fault })),
      clients: this.#clients,
      logs: this.#logs,
      notifications: this.#notifications,
    };
  }

  #workflow(executionArn: string, machine: string, region: string, atMs: number): OpenWorkflow {
    let workflow = this.#workflows.get(executionArn);
    if (workflow === undefined) {
      const earlier = [...this.#workflows.values()].filter((other) => other.machine === machine).length;
      const run = earlier === 0 ? machine : `${machine} ${earlier + 1}`;
      workflow = { run, machine, region, executionArn, status: 'RUNNING', startedAtMs: atMs, output: null };
      this.#workflows.set(executionArn, workflow);
    }
    return workflow;
  }
}
