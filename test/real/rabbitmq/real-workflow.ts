import { setTimeout as pause } from 'node:timers/promises';
import { type HttpRequest, sendHttp } from '../../../functions/runtime/http-request.ts';
import { east } from '../../../testbed/orders.ts';
import type { Testbed, WorkflowEnd } from '../../../testbed/testbed.ts';
import type { ClusterSettings } from '../../../testbed/testbed-plan.ts';
import type { TestCluster } from '../../../tools/real/rabbitmq/test-cluster.ts';
import { createDriftTestbed, drift } from '../../support/drift-testbed.ts';

/**
 * Virtual seconds for each real one. The broker's figures are one second old at most here and five on Amazon MQ, so
 * waits that were made for those may be five times as short.
 */
const speed = 5;

/** Something that happens to the cluster in the middle of a run. */
interface Incident {
  readonly when: (request: HttpRequest, state: string) => boolean;
  readonly happen: () => Promise<void>;
}

/**
 * policy-drift as it is deployed: its definition in the engine, its functions, lock and records on simulated AWS.
 * Only the broker's management API is a real cluster's.
 */
export class RealWorkflow {
  /** Writes that reached the cluster, in order: method and path. */
  readonly writes: string[] = [];
  readonly #cluster: TestCluster;
  readonly #testbed: Testbed;
  readonly #startedMs = performance.now();
  readonly #startedVirtualMs: number;
  #incidents: Incident[] = [];
  #losesNextAnswer = false;

  private constructor(cluster: TestCluster, testbed: Testbed) {
    this.#cluster = cluster;
    this.#testbed = testbed;
    const { clock, aws } = testbed;
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

  static async create(cluster: TestCluster, settings: ClusterSettings): Promise<RealWorkflow> {
    const testbed = await createDriftTestbed({}, settings);
    const value = JSON.stringify(cluster.credentials);
    testbed.aws.addSecret({ name: 'mq-dr/cluster-events', value, regions: [east] });
    return new RealWorkflow(cluster, testbed);
  }

  /** Runs the workflow to its end. @throws Error when the execution failed */
  async run(
    mode: 'report' | 'remediate' | 'rollback',
  ): Promise<Omit<WorkflowEnd, 'output'> & { readonly output: DriftOutput }> {
    const end = await this.#testbed.play(() => drift(this.#testbed, mode));
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
    return this.#testbed.transitions.findLast(({ kind }) => kind === 'entered')?.stateName ?? '';
  }

  /** Lets real time pass until the cluster has had what the workflow has waited for. */
  async #catchUp(): Promise<void> {
    const dueMs = (this.#testbed.clock.nowMs() - this.#startedVirtualMs) / speed;
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
