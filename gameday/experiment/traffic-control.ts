import type { Testbed } from '../../testbed/testbed.ts';
import { users } from '../../testbed/users.ts';
import { consumerFaultsOf } from '../traffic/consumer-faults.ts';
import type { ReconciliationSnapshot } from '../traffic/reconciliation-accounting.ts';
import { Traffic, type TrafficNotice, type TrafficResult } from '../traffic/traffic.ts';
import type { ScenarioOutline } from './scenario/schema.ts';
import { StepFailedError } from './step-failed.ts';

/** Starts and stops the traffic that a scenario declares, and keeps its delivery accounting until the end of the run. */
export class TrafficControl {
  readonly #testbed: Testbed;
  readonly #scenario: ScenarioOutline;
  readonly #notify: (notice: TrafficNotice) => void;
  readonly #reconciliations: ReconciliationSnapshot[] = [];
  #traffic: Traffic | undefined;
  #paused = false;

  constructor(testbed: Testbed, scenario: ScenarioOutline, notify: (notice: TrafficNotice) => void) {
    this.#testbed = testbed;
    this.#scenario = scenario;
    this.#notify = notify;
  }

  /** Counters for a live display; undefined before any traffic. */
  get counters(): Traffic['counters'] | undefined {
    return this.#traffic?.counters;
  }

  get running(): boolean {
    return this.#traffic?.running ?? false;
  }

  /** @throws StepFailedError when the scenario declares no traffic, or it was started before */
  start(): void {
    const plan = this.#scenario.traffic;
    if (plan === undefined) throw new StepFailedError('the scenario declares no traffic');
    if (this.#traffic !== undefined) throw new StepFailedError('traffic was started before; it starts once in a run');
    const { aws, clock, random } = this.#testbed;
    const pair = this.#testbed.pair(plan.pair);
    const home = pair.plan.primary.region;
    const region = plan.region ?? home;
    this.#traffic = new Traffic(
      plan,
      clock,
      {
        clock,
        random,
        credentials: users.application,
        endpoints: () => pair.endpoints(),
        consumes: (endpoint, queue) =>
          !this.#paused &&
          pair.consumes(endpoint) &&
          (!plan.homeOnly.includes(queue) || pair.regionOf(endpoint) === home),
        faults: consumerFaultsOf(aws.faults),
        ...(pair.plan.ledger !== undefined && {
          ledger: (endpoint, run) => pair.ledger(pair.regionOf(endpoint) ?? '', run),
        }),
        connect: (address, timeoutMs) => aws.connect(address, timeoutMs, region),
      },
      this.#notify,
    );
  }

  /** Lets the consumers stand still, as a deployment of theirs does, or go on. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
  }

  /** Stops producers, drains consumers. Without traffic nothing happens. */
  async stop(): Promise<void> {
    await this.#traffic?.stop();
  }

  abandon(): void {
    this.#traffic?.abandon();
  }

  /** A run of reconcile has ended: what it says is checked against the delivery accounting. */
  reconciled(snapshot: ReconciliationSnapshot): void {
    this.#reconciliations.push(snapshot);
  }

  /** The delivery accounting, with what the brokers hold now and what reconciliation said. */
  results(): readonly TrafficResult[] {
    const traffic = this.#traffic;
    return traffic === undefined
      ? []
      : [traffic.result(this.#testbed.pair(traffic.plan.pair).stores(), this.#reconciliations)];
  }
}
