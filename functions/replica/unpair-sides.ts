import type { BrokerRef } from '../config/broker-arn.ts';
import type { Intent } from '../control/intent.ts';
import { UnsafeTopology } from '../runtime/errors.ts';
import type { RemovableReading } from './unpairing.ts';

/** A member of the pair with what was read of it. */
export interface UnpairSide {
  readonly ref: BrokerRef;
  readonly reading: RemovableReading;
}

/** Which member is or was the primary, and which the replica. */
export interface UnpairSides {
  readonly primary: UnpairSide;
  readonly replica: UnpairSide;
  /** Whether roles, or the record of how they were, say so; else it is the order in which the members are named. */
  readonly proven: boolean;
}

const roleOf = ({ reading }: UnpairSide): string | undefined => (reading.known ? reading.broker.role : undefined);

/**
 * Tells primary and replica apart: by their roles, and once they have none, by the record of the call that ended the
 * pair.
 *
 * @throws UnsafeTopology when both call themselves primary, or both replica
 */
export const unpairSides = (
  members: readonly [UnpairSide, UnpairSide],
  ending: Pick<Intent, 'subject'> | undefined,
): UnpairSides => {
  const [first, second] = members;
  const [one, other] = members.map(roleOf);
  if (one === other && (one === 'primary' || one === 'replica')) {
    throw new UnsafeTopology(`both brokers report ${one}: find out which one clients use before you end the pair`, {
      brokers: members.map(({ ref }) => ref.brokerId),
    });
  }
  if (one === 'primary' || other === 'replica') return { primary: first, replica: second, proven: true };
  if (other === 'primary' || one === 'replica') return { primary: second, replica: first, proven: true };
  if (ending?.subject === second.ref.brokerId) return { primary: second, replica: first, proven: true };
  return { primary: first, replica: second, proven: ending?.subject === first.ref.brokerId };
};
