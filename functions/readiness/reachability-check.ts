import { silenceMs } from '../control/heartbeat.ts';
import { isOpen } from '../control/intent.ts';
import { blocker, type Check, findingsOr, ok } from './check.ts';
import { brokerOf, sidesByRole } from './readiness-facts.ts';

/** Blockers that say that clients do not reach the broker that serves: operators are paged about them. */
export const primaryFencedCode = 'PRIMARY_FENCED';
export const primaryUnreachableCode = 'PRIMARY_UNREACHABLE';

/**
 * Clients can reach the primary: no fence of mq-dr stands in front of it, and its own Region says that its endpoints accept
 * them. Both close while a promotion is under way, and a broker that is not running is the matter of another check.
 */
export const checkReachability: Check = (facts) => {
  const primary = sidesByRole(facts)?.primary;
  if (primary === undefined) return [ok('not known; see the check "roles"')];
  const { ref, heartbeat, fence } = primary;
  const { brokerId, region } = ref;
  if (facts.guards.known && isOpen(facts.guards.promotion)) return [ok('a promotion is under way', { brokerId })];
  const fenced = fence.known && fence.value?.attemptedAtMs !== undefined && fence.value.status !== 'undone';
  const beat = heartbeat.known ? heartbeat.value : undefined;
  const isFresh = beat !== undefined && facts.nowMs - beat.atMs <= silenceMs;
  const runs = brokerOf(primary)?.state === 'RUNNING' && beat?.state === 'RUNNING' && beat.role === 'primary';
  const closed = isFresh && runs && (beat.endpoint === 'refuses' || beat.endpoint === 'unreachable');
  return findingsOr(
    [
      ...(fenced && fence.value !== undefined
        ? [
            blocker(
              primaryFencedCode,
              `${brokerId} in ${region} is the primary, and a fence of epoch ${fence.value.epoch} (${fence.value.status}) keeps its clients away`,
              { brokerId, region, epoch: fence.value.epoch, status: fence.value.status },
            ),
          ]
        : []),
      ...(closed
        ? [
            blocker(
              primaryUnreachableCode,
              `${brokerId} in ${region} is the primary and RUNNING, and its endpoints do not accept clients (${beat.endpoint})`,
              { brokerId, region, endpoint: beat.endpoint },
            ),
          ]
        : []),
    ],
    ok('nothing keeps clients away from the primary', { brokerId }),
  );
};
