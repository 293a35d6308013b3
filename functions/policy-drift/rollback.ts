import type { PolicyChange } from './drift-finding.ts';
import { policyKey } from './drift-finding.ts';
import { type ChangeRecord, rollbackCode } from './drift-records.ts';
import { canonicalText } from './merge-definitions.ts';
import type { RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
import type { HeldChange } from './remediation-plan.ts';

/** What would put a run's changes back, newest first, and what somebody else has changed since. */
export interface Rollback {
  readonly changes: readonly PolicyChange[];
  readonly held: readonly HeldChange[];
}

const textOf = (policy: RabbitPolicy | null | undefined): string => canonicalText(policy ? { ...policy } : null);

/** The before-images of a run's effective changes, where the policy still is what the run made of it. */
export const planRollback = (records: readonly ChangeRecord[], policies: readonly RabbitPolicy[]): Rollback => {
  const live = new Map(policies.map((policy) => [policyKey(policy.vhost, policy.name), policy]));
  const images = new Map<string, { readonly before: RabbitPolicy | null; readonly after: RabbitPolicy | null }>();
  for (const { vhost, name, before, after, settledAs } of records) {
    if (settledAs !== 'effective') continue;
    const key = policyKey(vhost, name);
    // A policy that the run wrote twice goes back to what it was before the first time.
    const earlier = images.get(key);
    images.set(key, { before: earlier === undefined ? before : earlier.before, after });
  }
  const changes: PolicyChange[] = [];
  const held: HeldChange[] = [];
  for (const [key, { before, after }] of [...images].reverse()) {
    const [vhost = '', name = ''] = JSON.parse(key) as string[];
    const now = textOf(live.get(key));
    if (now === textOf(before)) continue;
    if (now === textOf(after)) changes.push({ vhost, name, after: before ?? undefined, because: rollbackCode });
    else {
      const message = `policy "${name}" in ${vhost}: it was changed after that run; it is left as it is`;
      held.push({ vhost, policy: name, code: 'CHANGED_SINCE', message, evidence: {} });
    }
  }
  return { changes, held };
};
