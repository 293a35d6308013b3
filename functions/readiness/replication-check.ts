import { judgeReplication } from '../brokers/lag-verdict.ts';
import { blocker, type Check, ok, warning } from './check.ts';
import { sidesByRole } from './readiness-facts.ts';

/** Events cross from the primary to the replica, and soon enough. */
export const checkReplication: Check = (facts) => {
  const sides = sidesByRole(facts);
  if (sides === undefined) {
    return [
      blocker('REPLICATION_UNKNOWN', 'without a primary and a replica it is unknown whether events are replicated'),
    ];
  }
  const { verdict, evidence, lagMs, backlogEvents } = judgeReplication({
    atMs: facts.nowMs,
    target: sides.replica.reading,
    counterpart: sides.primary.reading,
    gauges: { ...sides.primary.gauges, ...sides.replica.gauges },
  });
  const seen = { evidence, lagMs, backlogEvents };
  if (verdict === 'steady') return [ok('replication is steady', seen)];
  if (verdict === 'lagging' || verdict === 'draining') {
    return [
      warning(`REPLICATION_${verdict.toUpperCase()}`, 'replication is behind: a failover now would lose more', seen),
    ];
  }
  const why = verdict === 'absent' ? 'no fresh metric shows that events are replicated' : `replication is ${verdict}`;
  return [blocker(`REPLICATION_${verdict.toUpperCase()}`, why, seen)];
};
