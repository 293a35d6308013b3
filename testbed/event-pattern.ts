import type { EventPattern } from '../infra/triggers.ts';

/**
 * Whether an event matches a pattern, as EventBridge decides it for exact values: every member of the pattern is there
 * with one of the values; where the event has an array, one of its entries is enough
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html).
 */
export const matchesPattern = (pattern: EventPattern, event: unknown): boolean => {
  if (Array.isArray(event)) return event.some((entry) => matchesPattern(pattern, entry));
  if (typeof event !== 'object' || event === null) return false;
  const members = event as Readonly<Record<string, unknown>>;
  return Object.entries(pattern).every(([name, wanted]) => {
    if (!Object.hasOwn(members, name)) return false;
    const found = members[name];
    if (!isValues(wanted)) return matchesPattern(wanted, found);
    const values: readonly unknown[] = Array.isArray(found) ? found : [found];
    return values.some((value) => typeof value === 'string' && wanted.includes(value));
  });
};

const isValues = (wanted: EventPattern | readonly string[]): wanted is readonly string[] => Array.isArray(wanted);
