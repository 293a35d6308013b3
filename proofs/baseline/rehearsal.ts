import type { TaskFailure } from '../../simulator/engine/ports.ts';
import type { ClusterSeedInput } from '../../simulator/world/rabbitmq/cluster-seed.ts';
import type { DeployedCluster, DeployedPair } from '../../testbed/stage.ts';
import type { RehearsalStage } from './rehearsal-stage.ts';

/** What the world of a rehearsal has. */
export interface RehearsalWorld {
  /** Whether `orders` has its replica already. */
  readonly paired: boolean;
  /** Settings of the pair `orders`; consumers are held unless they say otherwise. */
  readonly pair?: Omit<DeployedPair, 'name' | 'brokers'>;
  /** Whether consumers stand still during a promotion; `hold` unless it says otherwise. */
  readonly consumers?: 'hold' | 'live';
  /** Gives the pair a ledger, and says what a promotion does about the messages; without it none are reconciled. */
  readonly reconciles?: 'off' | 'report' | 'auto';
  /** A RabbitMQ cluster `events`, with its settings. */
  readonly cluster?: {
    readonly seed: ClusterSeedInput;
    readonly settings: Partial<Omit<DeployedCluster, 'name' | 'broker' | 'secretArn'>>;
  };
}

/** What a state sees instead of its function. */
export type StandIn = TaskFailure | { readonly result: unknown };

/** One way through a workflow, the same every time: proofs disturb it and compare how it ends. */
export interface Rehearsal {
  readonly machine: string;
  /** What it shows; unique for its machine. */
  readonly name: string;
  /** Region that the workflow runs in. */
  readonly region: string;
  readonly world: RehearsalWorld;
  readonly input: (stage: RehearsalStage) => Readonly<Record<string, unknown>>;
  /** Brings the world to where the workflow begins; inside an actor of the clock. */
  readonly before: (stage: RehearsalStage) => Promise<void>;
  /** What goes on beside the workflow, such as people who answer; ends with the rehearsal. */
  readonly beside?: (stage: RehearsalStage) => Promise<void>;
  /** Stand-ins for functions, by state or by `machine/state`: ways that a healthy run does not take. */
  readonly standIns?: Readonly<Record<string, StandIn>>;
  /** Whether each stands in for the first execution alone that comes to it, so that the next one goes through. */
  readonly standInsOnce?: boolean;
  /** States that this rehearsal is the one to disturb in, although another one enters them as well. */
  readonly shows?: readonly string[];
}
