/**
 * Messages that one queue may hold on an instance type of a cluster, by the service's default policy: only the ends of
 * each family are documented, so what lies between gets the larger one; docs/rabbitmq.md 4.4.
 */
const maxLengthByType: Readonly<Record<string, number>> = {
  'mq.m5.large': 8_000_000,
  'mq.m7g.medium': 500_000,
  'mq.m7g.large': 8_000_000,
};
const maxLengthByFamily: Readonly<Record<string, number>> = { m5: 12_000_000, m7g: 40_000_000 };

/** The largest `max-length` that fits the instance type; undefined for a type without documented limit. */
export const maxLengthOf = (instanceType: string): number | undefined =>
  maxLengthByType[instanceType] ?? maxLengthByFamily[instanceType.split('.')[1] ?? ''];
