/** A policy as the broker keeps it: the management API's own spelling. docs/rabbitmq.md 1.2. */
export interface StoredPolicy {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly priority: number;
}

/** Queue types of the embedded broker. */
export type StoredQueueType = 'classic' | 'quorum' | 'stream';

/** Major and minor number of a version such as `3.13.7`. */
export const versionNumbers = (version: string): { readonly major: number; readonly minor: number } => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { major, minor };
};
