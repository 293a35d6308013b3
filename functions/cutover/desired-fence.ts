import type { BrokerReading } from '../brokers/broker-snapshot.ts';
import type { Fence } from '../control/fence.ts';
import type { Epoch } from '../control/guards.ts';
import { clockAllowanceMs, type Heartbeat, silenceMs } from '../control/heartbeat.ts';

/** What decides whether a fence belongs where it is; all of it is read in the fenced broker's own Region. */
export interface FenceFacts {
  readonly fence: Fence;
  /** The fenced broker. */
  readonly here: BrokerReading;
  /** What the other Region has written about its broker. */
  readonly there: Pick<Heartbeat, 'role' | 'atMs'> | undefined;
  readonly epoch: Epoch | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/** `up`: clients are to be kept away · `down`: they are to be let in · `unknown`: nobody can tell, and nothing changes. */
export type DesiredFence = 'up' | 'down' | 'unknown';

/** The other broker's role, where its Region has written it after the promotion that the fence belongs to. */
const roleThere = ({ there, epoch, nowMs }: FenceFacts): Heartbeat['role'] => {
  if (there === undefined || nowMs - there.atMs > silenceMs) return 'unknown';
  return there.atMs > (epoch?.promotedAtMs ?? 0) + clockAllowanceMs ? there.role : 'unknown';
};

/**
 * Where a fence belongs, by the roles that are read. A broker that lost its role calls itself primary until the service
 * has demoted it, so its own word alone does not lift the fence. It is lifted when the newest epoch names the broker, when
 * the other broker is the replica, or when this one has been a replica since it was fenced: only a promotion, whoever made
 * it, can have changed that.
 */
export const desiredFence = (facts: FenceFacts): DesiredFence => {
  const { fence, here, epoch } = facts;
  if (epoch?.primaryBrokerId === fence.brokerId) return 'down';
  if (!here.known) return 'unknown';
  if (here.broker.role === 'replica') return 'up';
  if (here.broker.role !== 'primary') return 'unknown';
  const there = roleThere(facts);
  if (there === 'primary') return 'up';
  return there === 'replica' || fence.replicaSeenAtMs !== undefined ? 'down' : 'up';
};
