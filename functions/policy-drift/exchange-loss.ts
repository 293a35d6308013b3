import type { JsonValue } from '../config/json-value.ts';
import type { PolicyChange } from './drift-finding.ts';
import type { RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';

const appliesToExchanges = ({ applyTo }: RabbitPolicy): boolean => applyTo === 'all' || applyTo === 'exchanges';

const alternateOf = (policy: RabbitPolicy | undefined): JsonValue | undefined =>
  policy !== undefined && appliesToExchanges(policy) ? policy.definition['alternate-exchange'] : undefined;

/**
 * What a change can cost the exchanges of its virtual host: one without its alternate exchange throws away what it
 * cannot route. Exchanges are not read, so every exchange that a pattern could match counts.
 *
 * @param policies user policies of the virtual host before the change
 */
export const exchangeLoss = (change: PolicyChange, policies: readonly RabbitPolicy[]): string | undefined => {
  const before = policies.find(({ name }) => name === change.name);
  const { after } = change;
  const had = alternateOf(before);
  const stays =
    after !== undefined &&
    before !== undefined &&
    after.pattern === before.pattern &&
    after.applyTo === before.applyTo &&
    after.priority === before.priority;
  if (had !== undefined && (!stays || alternateOf(after) !== had)) {
    return `exchanges would lose alternate-exchange ${JSON.stringify(had)}, and with it what they cannot route`;
  }
  if (after === undefined || stays || !appliesToExchanges(after)) return undefined;
  const hidden = policies.find(
    (other) =>
      other.name !== change.name &&
      other.priority <= after.priority &&
      alternateOf(other) !== undefined &&
      alternateOf(other) !== alternateOf(after),
  );
  return hidden === undefined
    ? undefined
    : `exchanges may lose alternate-exchange ${JSON.stringify(alternateOf(hidden))} of policy "${hidden.name}", and with it what they cannot route`;
};
