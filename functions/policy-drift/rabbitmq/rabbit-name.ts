/**
 * Whether the management API cannot be asked about something of this name: it takes such a part of a path,
 * percent-encoded or not, for a step up; docs/rabbitmq.md 1.4.
 */
export const isPathStep = (name: string): boolean => name === '.' || name === '..';
