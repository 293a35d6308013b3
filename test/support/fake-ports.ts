import type { WriteOutcome } from '../../functions/aws/write-outcome.ts';
import type { BrokerReading, BrokerSnapshot } from '../../functions/brokers/broker-snapshot.ts';
import type { GaugeReadings } from '../../functions/brokers/replication-gauges.ts';
import type { Approval } from '../../functions/control/approval.ts';
import type { FinalCheck } from '../../functions/control/final-check.ts';
import type { Intent, IntentEnd, IntentOperation } from '../../functions/control/intent.ts';
import { type Clock, valuesOrFirstError } from '../../functions/runtime/clock.ts';
import { ControlConflict, DrError, NotFound } from '../../functions/runtime/errors.ts';
import type { Finding } from '../../functions/runtime/finding.ts';
import type { LogFields } from '../../functions/runtime/log.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import { noonMs } from './brokers.ts';

/** A clock that a test moves by hand; sleeping moves it too. */
export class FakeClock implements Clock {
  readonly sleeps: number[] = [];
  #nowMs: number;

  constructor(nowMs = noonMs) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  advanceMs(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }

  async sleepMs(milliseconds: number): Promise<void> {
    this.sleeps.push(milliseconds);
    this.advanceMs(milliseconds);
  }

  async concurrently<T extends readonly unknown[]>(
    tasks: {
      readonly [K in keyof T]: () => Promise<T[K]>;
    },
  ): Promise<T> {
    const settled: PromiseSettledResult<unknown>[] = [];
    for (const task of tasks) settled.push(...(await Promise.allSettled([task()])));
    return valuesOrFirstError<T>(settled);
  }
}

/** The Control table in memory, with the conditions of the real one; `writes` is what was written, in order. */
export class FakeControl {
  readonly writes: string[] = [];
  readonly intents = new Map<string, Intent>();
  readonly approvals = new Map<string, Approval>();
  members: readonly string[] | undefined;
  /** Thrown by the next write instead of writing. */
  failNextWrite: { readonly method: 'openIntent' | 'markIssued' | 'settleIntent'; readonly error: Error } | undefined;

  /** Puts an earlier attempt's intent into the table; it is no write of the code under test. */
  given(intent: Intent): this {
    this.intents.set(`${intent.pair}/${intent.operation}`, intent);
    return this;
  }

  async readMembers(): Promise<readonly string[] | undefined> {
    return this.members;
  }

  async recordMembers(pair: string, brokerArns: readonly [string, string]): Promise<void> {
    this.writes.push(`recordMembers ${pair}`);
    this.members = brokerArns;
  }

  async forgetMembers(pair: string): Promise<void> {
    this.writes.push(`forgetMembers ${pair}`);
    this.members = undefined;
  }

  async readIntent(pair: string, operation: IntentOperation): Promise<Intent | undefined> {
    return this.intents.get(`${pair}/${operation}`);
  }

  async openIntent(intent: Intent): Promise<void> {
    this.#mayFail('openIntent');
    const newest = this.intents.get(`${intent.pair}/${intent.operation}`);
    const follows =
      newest === undefined
        ? intent.sequence === 1
        : newest.status === 'settled' && newest.sequence === intent.sequence - 1;
    if (!follows) throw new ControlConflict('the intent does not follow on the newest one');
    this.writes.push(`open ${intent.operation} ${intent.sequence}`);
    this.given(intent);
  }

  async markIssued(intent: Intent): Promise<void> {
    this.#mayFail('markIssued');
    this.#move(intent, { status: 'issued' });
  }

  async settleIntent(intent: Intent, settledAs: IntentEnd): Promise<void> {
    this.#mayFail('settleIntent');
    this.#move(intent, { status: 'settled', settledAs });
  }

  async readApproval(pair: string, approvalId: string): Promise<Approval | undefined> {
    return this.approvals.get(`${pair}/${approvalId}`);
  }

  async openApproval(approval: Approval): Promise<void> {
    this.writes.push(`approval ${approval.approvalId}`);
    this.approvals.set(`${approval.pair}/${approval.approvalId}`, approval);
  }

  #move(intent: Intent, to: Pick<Intent, 'status' | 'settledAs'>): void {
    const newest = this.intents.get(`${intent.pair}/${intent.operation}`);
    const closedOtherwise = newest?.status === 'settled' && newest.settledAs !== to.settledAs;
    if (newest?.sequence !== intent.sequence || closedOtherwise) {
      throw new ControlConflict('the intent has been changed by another run');
    }
    this.writes.push(`${to.settledAs ?? to.status} ${intent.operation} ${intent.sequence}`);
    this.given({ ...newest, ...to });
  }

  #mayFail(method: 'openIntent' | 'markIssued' | 'settleIntent'): void {
    const planned = this.failNextWrite;
    if (planned?.method !== method) return;
    this.failNextWrite = undefined;
    throw planned.error;
  }
}

/** Amazon MQ in memory: snapshots by broker id, scripted answers to writes; `calls` is what was written, in order. */
export class FakeBrokers {
  readonly calls: string[] = [];
  readonly requests: unknown[] = [];
  readonly #brokers = new Map<string, BrokerSnapshot | DrError>();
  readonly users = new Map<string, { readonly replicationUser: boolean; readonly consoleAccess: boolean }>();
  /** What the next write does; done unless set. An error is a refusal, which is carried out only where it lies. */
  nextWrite: 'done' | 'answer lost' | Error | { readonly lie: Error } = 'done';
  /** What a write that is carried out changes. */
  onWrite: (operation: string) => void = () => {};
  createdId: string | undefined = 'b-9999cccc-0000-4000-8000-000000000009';

  constructor(...brokers: readonly BrokerSnapshot[]) {
    this.set(...brokers);
  }

  set(...brokers: readonly BrokerSnapshot[]): void {
    for (const broker of brokers) this.#brokers.set(broker.brokerId, broker);
  }

  /** From now on reading the broker fails with this error. */
  breakReading(brokerId: string, error: DrError): void {
    this.#brokers.set(brokerId, error);
  }

  async describe({ brokerId }: { readonly brokerId: string }): Promise<BrokerSnapshot> {
    const found = this.#brokers.get(brokerId);
    if (found === undefined) throw new NotFound(`no broker ${brokerId}`);
    if (found instanceof DrError) throw found;
    return found;
  }

  async tryDescribe(address: { readonly brokerId: string }): Promise<BrokerReading> {
    try {
      return { known: true, broker: await this.describe(address) };
    } catch (error) {
      if (error instanceof DrError) return { known: false, reason: error.message };
      throw error;
    }
  }

  async findByName(region: string, brokerName: string): Promise<string | undefined> {
    for (const broker of this.#brokers.values()) {
      if (!(broker instanceof DrError) && broker.region === region && broker.brokerName === brokerName) {
        return broker.brokerId;
      }
    }
    return undefined;
  }

  async describeUser(_address: { readonly brokerId: string }, username: string) {
    const user = this.users.get(username);
    if (user === undefined) throw new NotFound(`no user ${username}`);
    return user;
  }

  create(region: string, request: object): Promise<WriteOutcome<{ readonly BrokerId?: string | undefined }>> {
    return this.#write(`CreateBroker ${region}`, request, { BrokerId: this.createdId });
  }

  reboot(address: { readonly region: string; readonly brokerId: string }): Promise<WriteOutcome<unknown>> {
    return this.#write(`RebootBroker ${address.brokerId}`, address, {});
  }

  endReplication(address: { readonly region: string; readonly brokerId: string }): Promise<WriteOutcome<unknown>> {
    return this.#write(`UpdateBroker ${address.brokerId} NONE`, address, {});
  }

  delete(address: { readonly region: string; readonly brokerId: string }): Promise<WriteOutcome<unknown>> {
    return this.#write(`DeleteBroker ${address.brokerId}`, address, {});
  }

  promote(
    address: { readonly region: string; readonly brokerId: string },
    mode: string,
  ): Promise<WriteOutcome<unknown>> {
    return this.#write(`Promote ${address.brokerId} ${mode}`, address, {});
  }

  async #write<T>(operation: string, request: object, answer: T): Promise<WriteOutcome<T>> {
    const how = this.nextWrite;
    this.nextWrite = 'done';
    this.calls.push(operation);
    this.requests.push(request);
    if (how instanceof Error) throw how;
    this.onWrite(operation);
    if (typeof how === 'object') throw how.lie;
    return how === 'done' ? { outcome: 'done', answer } : { outcome: 'unknown', reason: 'the answer was lost' };
  }
}

/** The check right before a write: passes unless told what speaks against it, or what it fails with. */
export class FakeFinalCheck {
  checks = 0;
  blockers: readonly Finding[] = [];
  warnings: readonly Finding[] = [];
  error: Error | undefined;
  /** Called before each check: what happens since the one before. */
  before: () => void = () => {};

  readonly check: FinalCheck = async () => {
    this.before();
    this.checks += 1;
    if (this.error !== undefined) throw this.error;
    return { blockers: this.blockers, warnings: this.warnings };
  };
}

/** CloudWatch in memory. */
export class FakeMetrics {
  gauges: GaugeReadings;

  constructor(gauges: GaugeReadings) {
    this.gauges = gauges;
  }

  async read(): Promise<GaugeReadings> {
    return this.gauges;
  }
}

/** An intent as an earlier attempt would have left it: open, a minute old, unless changed. */
export const earlierIntent = (operation: IntentOperation, changes: Partial<Intent> = {}): Intent => ({
  pair: 'orders',
  operation,
  sequence: 1,
  decision: 'an earlier decision',
  subject: 'an earlier subject',
  status: 'issuing',
  executionArn: 'arn:aws:states:us-west-2:111122223333:execution:earlier',
  openedAtMs: noonMs - 60_000,
  ...changes,
});

interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A runtime that collects logs, waits on a `FakeClock`, refuses connections and has no jitter. */
export const fakeRuntime = (
  changes: Partial<Runtime> = {},
): Runtime & { readonly clock: FakeClock; readonly lines: LogLine[] } => {
  const lines: LogLine[] = [];
  const logAt =
    (level: LogLine['level']) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  return {
    random: () => 0,
    environment: {},
    log: { info: logAt('info'), warn: logAt('warn'), error: logAt('error') },
    aws: { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
    connect: async ({ host }) => {
      throw Object.assign(new Error(`connect ECONNREFUSED ${host}`), { code: 'ECONNREFUSED' });
    },
    httpRequest: async ({ origin }) => {
      throw Object.assign(new Error(`connect ECONNREFUSED ${origin}`), { code: 'ECONNREFUSED' });
    },
    ...changes,
    clock: new FakeClock(),
    lines,
  };
};

/** An error as the SDK raises it. */
export const sdkError = (name: string, statusCode?: number, message = 'the service says so'): Error =>
  Object.assign(new Error(message), {
    name,
    $metadata: statusCode === undefined ? {} : { httpStatusCode: statusCode },
  });
