import type { Json } from '../../simulator/engine/expression/json.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { BrokerPlace } from '../../testbed/testbed-plan.ts';
import { unknownName } from './scenario/problems.ts';
import type { ScenarioOutline } from './scenario/schema.ts';
import { StepFailedError } from './step-failed.ts';

/** Values that a workflow's input may refer to as `${pairs.orders.primary.arn}` or `${secrets.console}`. */
export const testbedReferences = (testbed: Testbed, plans: ScenarioOutline['world']['pairs']) => ({
  pairs: Object.fromEntries(
    Object.entries(plans).map(([name, plan]) => {
      const brokers = testbed.pair(name).brokers();
      const known = (place: BrokerPlace) => {
        const found = brokers.find(({ region }) => region === place.region);
        return { ...place, arn: found?.brokerArn ?? null, brokerId: found?.brokerId ?? null };
      };
      return [name, { primary: known(plan.primary), replica: known(plan.replica) }];
    }),
  ),
  secrets: { ...testbed.secrets },
});

const reference = /\$\{([^}]*)\}/g;

/**
 * Replaces `${a.b.c}` in every string of `value` by what `known` holds there. A string that is nothing but one
 * reference takes the value with its type.
 *
 * @throws StepFailedError for a reference that does not exist, with the names that do
 */
export const resolveReferences = (value: Json, known: Json): Json => {
  if (typeof value === 'string') return resolveText(value, known);
  if (Array.isArray(value)) return value.map((item: Json) => resolveReferences(item, known));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, known)]));
  }
  return value;
};

const resolveText = (text: string, known: Json): Json => {
  const whole = /^\$\{([^}]*)\}$/.exec(text);
  if (whole?.[1] !== undefined) return lookUp(whole[1], known);
  return text.replace(reference, (_match, path: string) => {
    const found = lookUp(path, known);
    return typeof found === 'string' ? found : JSON.stringify(found);
  });
};

const lookUp = (path: string, known: Json): Json => {
  let current: Json = known;
  const seen: string[] = [];
  for (const part of path.split('.')) {
    const entries: Readonly<Record<string, Json>> =
      current !== null && typeof current === 'object' && !Array.isArray(current)
        ? (current as { readonly [key: string]: Json })
        : {};
    const next = Object.hasOwn(entries, part) ? entries[part] : undefined;
    if (next === undefined) {
      const where = seen.length === 0 ? 'reference' : `reference below "${seen.join('.')}"`;
      throw new StepFailedError(`\${${path}}: ${unknownName(where, part, Object.keys(entries))}`);
    }
    seen.push(part);
    current = next;
  }
  return current;
};
