import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { ReconciliationSnapshot } from '../traffic/reconciliation-books.ts';
import { Traffic, type TrafficNotice, type TrafficResult } from '../traffic/traffic.ts';
import type { ScenarioOutline } from './scenario/schema.ts';
import type { ExerciseStage } from './stage-port.ts';
import { StepFailedError } from './step.ts';

/** Starts and stops the traffic that a scenario declares, and keeps its books until the end of the run. */
export class TrafficControl {
  readonly #clock: VirtualClock;
  readonly #stage: ExerciseStage;
  readonly #scenario: ScenarioOutline;
  readonly #notify: (notice: TrafficNotice) => void;
  readonly #reconciliations: ReconciliationSnapshot[] = [];
  #traffic: Traffic | undefined;
  #paused = false;

  constructor(
    clock: VirtualClock,
    stage: ExerciseStage,
    scenario: ScenarioOutline,
    notify: (notice: TrafficNotice) => void,
  ) {
    this.#clock = clock;
    this.#stage = stage;
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
    const home = this.#scenario.world.pairs[plan.pair]?.primary.region ?? '';
    const region = plan.region ?? home;
    this.#traffic = new Traffic(
      plan,
      this.#clock,
      {
        clock: this.#clock,
        random: () => this.#stage.random(),
        credentials: this.#stage.applicationCredentials(plan.pair),
        endpoints: () => this.#stage.endpoints(plan.pair),
        consumes: (endpoint, queue) =>
          !this.#paused &&
          this.#stage.consumes(plan.pair, endpoint) &&
          (!plan.homeOnly.includes(queue) || this.#stage.regionOf(endpoint) === home),
        ...this.#stage.consumers(plan.pair),
        connect: (address, timeoutMs) => this.#stage.connect(address, timeoutMs, region),
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

  /** A run of reconcile has ended: what it says is held against the books. */
  reconciled(snapshot: ReconciliationSnapshot): void {
    this.#reconciliations.push(snapshot);
  }

  /** The books against what the brokers hold now, and against what reconciliation said. */
  results(): readonly TrafficResult[] {
    const traffic = this.#traffic;
    return traffic === undefined ? [] : [traffic.result(this.#stage.stores(traffic.plan.pair), this.#reconciliations)];
  }
}
