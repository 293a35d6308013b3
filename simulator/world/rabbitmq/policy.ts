import type { Members } from '../../api/service.ts';
/** A policy as the broker keeps it: the management API's own spelling. docs/rabbitmq.md 1.2. */
export interface StoredPolicy {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly definition: Members;
  readonly priority: number;
}

/** Queue types of the embedded broker. */
export type StoredQueueType = 'classic' | 'quorum' | 'stream';

/** Major and minor number of a version such as `3.13.7`. */
export const versionNumbers = (version: string): { readonly major: number; readonly minor: number } => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { major, minor };
};

/** UTF-8 bytes as Latin-1: RabbitMQ matches bytes, not characters (docs/rabbitmq.md 2.2). */
export const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/**
 * A pattern as the embedded broker matches it. Beyond what JavaScript has, it knows PCRE's option at the start that
 * ignores case; other patterns of PCRE alone are refused as invalid.
 *
 * @throws SyntaxError
 */
export const compiledPattern = (pattern: string): RegExp =>
  pattern.startsWith('(?i)') ? new RegExp(latin1(pattern.slice(4)), 'i') : new RegExp(latin1(pattern));
