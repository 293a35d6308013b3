import type { TaskFailure } from '../../simulator/engine/ports.ts';
import { east, orders } from '../../testbed/orders.ts';
import { Testbed } from '../../testbed/testbed.ts';
import type { ClusterPlan, PairPlan, TestbedPlan } from '../../testbed/testbed-plan.ts';

/** What a state gets instead of its function's answer. */
export type Stub = TaskFailure | { readonly result: unknown };

/** One way through a workflow, the same every time: checks disturb it and compare how it ends. */
export interface Baseline {
  readonly machine: string;
  /** What it shows; unique for its machine. */
  readonly name: string;
  /** Region that the workflow runs in. */
  readonly region: string;
  /** Changes of the pair `orders`, which replicates and whose consumers are on hold unless they say otherwise. */
  readonly pair?: Partial<PairPlan>;
  /** Adds a RabbitMQ cluster `events`. */
  readonly cluster?: Pick<ClusterPlan, 'broker' | 'settings'>;
  readonly input: (testbed: Testbed) => Readonly<Record<string, unknown>>;
  /** Brings the test bed to where the workflow begins; inside an actor of the clock. */
  readonly before: (testbed: Testbed) => Promise<void>;
  /** What goes on during the workflow, such as operators who answer; ends with the run. */
  readonly meanwhile?: (testbed: Testbed) => Promise<void>;
  /** Whether runs that die are left unsettled, against the deployed rule. */
  readonly unsettled?: boolean;
  /** Stubs of functions, by state or by `machine/state`: ways that a healthy run does not take. */
  readonly stubs?: Readonly<Record<string, Stub>>;
  /** Whether each stub answers only the first execution that reaches it, so that the next one goes through. */
  readonly stubsOnce?: boolean;
  /** States that this baseline is the one to disturb in, although another one enters them as well. */
  readonly shows?: readonly string[];
}

/** The test bed of a baseline run; everything on it comes from the seed. */
export const createTestbed = ({ pair, cluster }: Pick<Baseline, 'pair' | 'cluster'>, more: TestbedPlan = {}) =>
  Testbed.create({
    // The record of a call comes at the call, for whoever audits it.
    mq: { trailDelayMs: 0 },
    pairs: orders({ consumers: 'hold', ...pair }),
    clusters: cluster === undefined ? {} : { events: { region: east, brokerName: 'events', ...cluster } },
    ...more,
  });
