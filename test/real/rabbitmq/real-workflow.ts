import { setTimeout as pause } from 'node:timers/promises';
import { type HttpRequest, sendHttp } from '../../../functions/runtime/http-request.ts';
import type { TestCluster } from '../../../tools/real/rabbitmq/test-cluster.ts';
import type { DriftSettings } from '../../support/drift-stage.ts';
import { type RunEnd, WorkflowStage } from '../../support/workflow-stage.ts';

/**
 * Virtual seconds for each real one. The broker's figures are one second old at most here and five on Amazon MQ, so
 * waits that were made for those may be five times as short.
 */
const speed = 5;

const region = 'us-east-1';

/** Something that happens to the cluster in the middle of a run. */
interface Incident {
  readonly when: (request: HttpRequest, state: string) => boolean;
  readonly happen: () => Promise<void>;
}

/**
 * policy-drift as it is deployed: its definition in the engine, its functions, lock and records in the simulator.
 * Only the broker's management API is a real cluster's.
 */
export class RealWorkflow {
  /** Writes that reached the cluster, in order: method and path. */
  readonly writes: string[] = [];
  readonly #cluster: TestCluster;
  readonly #flow: WorkflowStage;
  readonly #startedMs = performance.now();
  readonly #startedVirtualMs: number;
  #incidents: Incident[] = [];
  #losesNextAnswer = false;

  private constructor(cluster: TestCluster, flow: WorkflowStage) {
    this.#cluster = cluster;
    this.#flow = flow;
    const { clock, aws } = flow.stage;
    this.#startedVirtualMs = clock.nowMs();
    aws.httpRequest = async (request, limits) => {
      await this.#catchUp();
      const state = this.#state();
      for (const incident of this.#incidents.filter(({ when }) => when(request, state))) {
        this.#incidents = this.#incidents.filter((other) => other !== incident);
        await incident.happen();
      }
      if (request.method !== 'GET') this.writes.push(`${request.method} ${decodeURIComponent(request.path)}`);
      const answer = await sendHttp({ ...request, origin: this.#cluster.origin(0) }, limits);
      if (request.method === 'GET' || !this.#losesNextAnswer) return answer;
      this.#losesNextAnswer = false;
      throw Object.assign(new Error('the answer was lost'), { code: 'ECONNRESET' });
    };
  }

  static async create(cluster: TestCluster, settings: DriftSettings): Promise<RealWorkflow> {
    const flow = await WorkflowStage.create();
    const { credentials } = cluster;
    const { aws } = flow.stage;
    const { broker } = aws.addRabbitCluster({ region, brokerName: 'events' }, {}, credentials);
    const secretArn = aws.addSecret({ name: 'rabbit', value: JSON.stringify(credentials), regions: [region] });
    flow.stage.configureClusters([{ ...settings, name: 'events', broker: broker.brokerArn, secretArn }]);
    return new RealWorkflow(cluster, flow);
  }

  /** Runs the workflow to its end. @throws Error when the execution failed */
  async run(
    mode: 'report' | 'remediate' | 'rollback',
  ): Promise<Omit<RunEnd, 'output'> & { readonly output: DriftOutput }> {
    const input = { cluster: 'events', mode, reason: 'test' };
    const end = await this.#flow.play(() => this.#flow.run('policy-drift', region, input));
    if (end.output === undefined) throw new Error(`policy-drift ended as ${end.status}: ${end.error} ${end.cause}`);
    return { ...end, output: end.output as unknown as DriftOutput };
  }

  /** Lets something happen once, right before the first request that fits. */
  before(when: Incident['when'], happen: Incident['happen']): void {
    this.#incidents.push({ when, happen });
  }

  /** Lets the next write reach the cluster, and its answer nobody. */
  loseNextAnswer(): void {
    this.#losesNextAnswer = true;
  }

  #state(): string {
    return this.#flow.transitions.findLast(({ kind }) => kind === 'entered')?.stateName ?? '';
  }

  /** Lets real time pass until the cluster has had what the workflow has waited for. */
  async #catchUp(): Promise<void> {
    const dueMs = (this.#flow.stage.clock.nowMs() - this.#startedVirtualMs) / speed;
    const aheadMs = dueMs - (performance.now() - this.#startedMs);
    if (aheadMs > 0) await pause(aheadMs);
  }
}

/** What an output of policy-drift has for these tests. */
export interface DriftOutput {
  readonly outcome: string;
  readonly drift: Readonly<Record<string, number>>;
  readonly findings: readonly { readonly code: string; readonly vhost: string }[];
  readonly refused: readonly { readonly code: string }[];
  readonly changes: readonly Readonly<Record<string, unknown>>[];
  readonly effects: readonly Readonly<Record<string, unknown>>[];
}
