import { applyNextChange } from '../../../functions/policy-drift/apply-change.ts';
import { driftInputSchema } from '../../../functions/policy-drift/drift-input.ts';
import { type Judgement, judgeCluster } from '../../../functions/policy-drift/judge-cluster.ts';
import { observeChange } from '../../../functions/policy-drift/observe-change.ts';
import type { DriftPorts, RecordPort } from '../../../functions/policy-drift/ports.ts';
import { RabbitManagement } from '../../../functions/shared/adapters/rabbit-management.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import type { ClusterConfig } from '../../../functions/shared/cluster-config.ts';
import { ControlConflict } from '../../../functions/shared/errors.ts';
import type { Finding } from '../../../functions/shared/finding.ts';
import { sendHttp } from '../../../functions/shared/http-request.ts';
import { unpairedEast } from '../../support/brokers.ts';
import type { RealCluster } from './real-cluster.ts';
import { waitUntil } from './wait-until.ts';

/** The Control table's records in memory, on the same conditions. */
const memoryRecords = (): RecordPort => {
  const stored = new Map<string, { readonly body: string; readonly version: number }>();
  return {
    read: async (name, schema) => {
      const found = stored.get(name);
      return found && { value: schema.parse(JSON.parse(found.body)), version: found.version };
    },
    list: async (prefix, schema) =>
      new Map(
        [...stored]
          .filter(([name]) => name.startsWith(prefix))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, { body, version }]) => [name, { value: schema.parse(JSON.parse(body)), version }]),
      ),
    write: async (name, value, readVersion) => {
      if ((stored.get(name)?.version ?? 0) !== readVersion) throw new ControlConflict(`${name} was written meanwhile`);
      stored.set(name, { body: JSON.stringify(value), version: readVersion + 1 });
    },
  };
};

/** How a remediation on the real cluster ended. */
export interface RemediationEnd {
  readonly outcome: 'done' | 'refused';
  readonly written: readonly string[];
  readonly blockers: readonly Finding[];
}

/** From a write to complete mirrors of small queues: seconds, and some more on a busy host. */
const settlePatienceMs = 60_000;

/** Drift handling of a real cluster: the project's own decisions, with the real management API behind them. */
export class DriftRun {
  readonly #ports: DriftPorts;
  readonly #config: ClusterConfig;
  #runs = 0;

  constructor(cluster: RealCluster, config: ClusterConfig) {
    const { origin } = cluster.node(0);
    this.#config = config;
    this.#ports = {
      clock: systemClock,
      brokers: { describe: async () => unpairedEast({ engine: 'rabbitmq', consoleUrl: origin }) },
      management: async (consoleUrl) =>
        new RabbitManagement(
          { clock: systemClock, httpRequest: sendHttp },
          { origin: consoleUrl, credentials: cluster.credentials },
        ),
      records: memoryRecords(),
      guards: {
        read: async () => ({ known: true }),
        acquire: async (owner, purpose) => ({ acquired: true, lock: { owner, purpose } }),
        release: async () => {},
      },
    };
  }

  #request(mode: 'report' | 'remediate') {
    const input = driftInputSchema.parse({ cluster: this.#config.name, mode, reason: 'test' });
    const executionArn = `arn:aws:states:us-east-1:123456789012:execution:policy-drift:run-${this.#runs}`;
    return { input, config: this.#config, executionArn };
  }

  /** A look that writes nothing. */
  judge(mode: 'report' | 'remediate' = 'report'): Promise<Judgement> {
    return judgeCluster({ ...this.#request(mode), alreadyChanged: 0, serviceHadItsTime: true }, this.#ports);
  }

  /** The workflow's loop: one write, watched until its queues have their copies, and the next. */
  async remediate(): Promise<RemediationEnd> {
    this.#runs += 1;
    const request = this.#request('remediate');
    const written: string[] = [];
    for (;;) {
      const applied = await applyNextChange(request, this.#ports);
      if (applied.outcome === 'refused') return { outcome: 'refused', written, blockers: applied.blockers };
      if (applied.outcome !== 'written') return { outcome: 'done', written, blockers: [] };
      const { vhost, policy } = applied;
      written.push(`${vhost}: ${policy}`);
      const { phase } = await waitUntil(`end of the write of ${policy}`, settlePatienceMs, async () => {
        const observed = await observeChange({ ...request, lastLook: false }, this.#ports);
        return ['waiting', 'syncing'].includes(observed.phase) ? undefined : observed;
      });
      if (phase !== 'settled') throw new Error(`the write of ${policy} ended as ${phase}`);
    }
  }
}
