import type { ApiCall } from '../../simulator/api/api-call.ts';
import type { Json } from '../../simulator/engine/expression/json.ts';
import type { ExecutionStatusChangeEvent, TransitionEvent } from '../../simulator/engine/ports.ts';
import type { PublishedNotification } from '../../simulator/world/sns.ts';
import type { FunctionLog, TestbedListener } from '../../testbed/events.ts';
import type { BrokerView } from '../../testbed/pair.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { TrafficNotice } from '../traffic/traffic.ts';
import { ApiCallCounter, isDecisive } from './api-call-counts.ts';
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
import type { JournalStream } from './journal-stream.ts';

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

/** Collects everything that happens on a test bed, in order, and passes it on to a live display. */
export class JournalRecorder implements TestbedListener {
  readonly #testbed: Testbed;
  readonly #listen: (event: LiveEvent) => void;
  readonly #stream: JournalStream | undefined;
  readonly #apiCallCounts = new ApiCallCounter();
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

  /**
   * Records what happens from now on.
   *
   * @param stream gets every record at once, so that nothing of it is lost with the process
   */
  constructor(testbed: Testbed, listen: (event: LiveEvent) => void, stream?: JournalStream) {
    this.#testbed = testbed;
    this.#listen = listen;
    this.#stream = stream;
    testbed.observe(this);
  }

  apiCall({ atMs, endedAtMs, region, service, operation, outcome, caller = '', request }: ApiCall): void {
    const plain = request as Json;
    const record = { atMs, endedAtMs, region, service, operation, outcome, caller, request: plain };
    this.#apiCallCounts.add(record);
    if (isDecisive(record)) this.#apiCalls.push(record);
    this.#write('apiCall', record);
  }

  transition({ atMs, executionArn, machineName, region, stateName, stateType, kind, error }: TransitionEvent): void {
    const { run } = this.#workflow(executionArn, machineName, region);
    const where = { run, machine: machineName, region, state: stateName, stateType };
    const record = { atMs, ...where, kind, ...(error === undefined ? {} : { error }) };
    this.#transitions.push(record);
    this.#write('transition', record);
    this.#listen({ type: 'transition', record });
  }

  statusChange({ region, detail }: ExecutionStatusChangeEvent): void {
    const { executionArn, stateMachineArn, status, output, error, cause } = detail;
    const atMs = this.#nowMs();
    const workflow = this.#workflow(executionArn, stateMachineArn.split(':').at(-1) ?? '', region);
    workflow.status = status;
    if (output !== null) workflow.output = JSON.parse(output) as Json;
    if (error !== null) workflow.error = error;
    if (cause !== null) workflow.cause = cause;
    if (status !== 'RUNNING') workflow.endedAtMs = atMs;
    const { executionArn: _arn, ...known } = workflow;
    this.#write('workflow', known);
    this.#listen({ type: 'workflow', atMs, run: workflow.run, status });
  }

  log({ atMs, level, region, message, functionName, fields: logged }: FunctionLog): void {
    const fields: LogRecord['fields'] = JSON.parse(JSON.stringify(logged));
    const record: LogRecord = { atMs, level, function: functionName, region, message, fields };
    this.#logs.push(record);
    this.#write('log', record);
    this.#listen({ type: 'log', record });
    const { verdict, pair } = fields;
    if (typeof verdict !== 'string' || typeof pair !== 'string') return;
    const judged = { atMs, pair, verdict, region, fields };
    this.#verdicts.push(judged);
    this.#listen({ type: 'verdict', record: judged });
  }

  notification({ atMs, region, topicArn, subject = '', message }: PublishedNotification): void {
    const record = { atMs, region, topic: topicArn, subject, message };
    this.#notifications.push(record);
    this.#write('notification', record);
    this.#listen({ type: 'notification', record });
  }

  /** A broker as it is now; only what differs from its last record is kept. */
  broker(pair: string, broker: BrokerView): void {
    const { brokerId, brokerName, region, role, state, serves } = broker;
    const last = this.#latestBroker.get(brokerId);
    if (last !== undefined && last.role === role && last.state === state && last.serves === serves) return;
    const record = { atMs: this.#nowMs(), pair, brokerId, brokerName, region, role, state, serves };
    this.#latestBroker.set(brokerId, record);
    this.#brokers.push(record);
    this.#write('broker', record);
    this.#listen({ type: 'broker', record });
  }

  gauges(record: GaugeRecord): void {
    this.#gauges.push(record);
    this.#write('gauges', record);
  }

  /** @param region the Region that is dark, if that is the fault */
  faultRaised(name: string, description: string, region?: string): void {
    const atMs = this.#nowMs();
    const record = { atMs, name, description, ...(region !== undefined && { region }) };
    this.#faults.push(record);
    this.#write('fault', record);
    this.#listen({ type: 'fault', atMs, description, raised: true });
  }

  faultCleared(name: string): void {
    const atMs = this.#nowMs();
    const fault = this.#faults.findLast((record) => record.name === name && record.endedAtMs === undefined);
    if (fault === undefined) return;
    fault.endedAtMs = atMs;
    this.#write('fault', fault);
    this.#listen({ type: 'fault', atMs, description: fault.description, raised: false });
  }

  client(notice: TrafficNotice): void {
    this.#clients.push(notice);
    this.#write('client', notice);
    this.#listen({ type: 'client', notice });
  }

  step(text: string, status: 'started' | 'succeeded' | 'failed'): void {
    const atMs = this.#nowMs();
    this.#write('step', { atMs, text, status });
    this.#listen({ type: 'step', text, status, atMs });
  }

  /** Executions seen so far. */
  workflows(): readonly Readonly<OpenWorkflow>[] {
    return [...this.#workflows.values()];
  }

  /** Notifications that operators got so far, oldest first. */
  notifications(): readonly NotificationRecord[] {
    return this.#notifications;
  }

  /** Everything collected. */
  records(): Omit<Journal['records'], 'messagesPerMinute'> {
    return {
      workflows: [...this.#workflows.values()].map(({ executionArn, ...workflow }): WorkflowRecord => {
        const { transitions = 0, historyEvents = 0 } = this.#testbed.execution(executionArn) ?? {};
        return { ...workflow, transitions, historyEvents };
      }),
      transitions: this.#transitions,
      apiCalls: this.#apiCalls,
      apiCallCounts: this.#apiCallCounts.counts(),
      verdicts: this.#verdicts,
      brokers: this.#brokers,
      gauges: this.#gauges,
      faults: this.#faults.map((fault): FaultRecord => ({ ...fault })),
      clients: this.#clients,
      logs: this.#logs,
      notifications: this.#notifications,
    };
  }

  #write(kind: string, record: unknown): void {
    this.#stream?.write(kind, record, this.#nowMs());
  }

  #nowMs(): number {
    return this.#testbed.clock.nowMs();
  }

  #workflow(executionArn: string, machine: string, region: string): OpenWorkflow {
    let workflow = this.#workflows.get(executionArn);
    if (workflow === undefined) {
      const earlier = [...this.#workflows.values()].filter((other) => other.machine === machine).length;
      const run = earlier === 0 ? machine : `${machine} ${earlier + 1}`;
      workflow = { run, machine, region, executionArn, status: 'RUNNING', startedAtMs: this.#nowMs(), output: null };
      this.#workflows.set(executionArn, workflow);
    }
    return workflow;
  }
}
