import type { Runtime } from '../runtime/runtime.ts';
import { clockRetryStrategy } from './clock-retry-strategy.ts';
import { withoutCallRecords } from './without-call-records.ts';

/**
 * Attempts of one repeatable call, the first included. With the back-off above three attempts fit into a few seconds, well
 * inside every function's timeout; longer outages are the workflow's Retry to wait out.
 */
const repeatableAttempts = 3;

/** Whether the SDK may send a call again by itself: reads may, a write whose outcome is unknown may not. */
export type CallPurpose = 'repeatable' | 'once';

/** Settings that every SDK client of the project shares; reads are retried, writes never. */
export const clientSettings = (runtime: Runtime, region: string, purpose: CallPurpose) => ({
  ...runtime.aws,
  region,
  retryStrategy: clockRetryStrategy(runtime.clock, runtime.random, purpose === 'repeatable' ? repeatableAttempts : 1),
});

/** Keeps one client for each Region and purpose of a runtime: a warm function reuses its connections. */
export const clientCache = <C extends Parameters<typeof withoutCallRecords>[0]>(
  create: (runtime: Runtime, region: string, purpose: CallPurpose) => C,
) => {
  const caches = new WeakMap<Runtime['aws'], Map<string, C>>();
  return (runtime: Runtime, region: string, purpose: CallPurpose): C => {
    const cache = caches.get(runtime.aws) ?? new Map<string, C>();
    caches.set(runtime.aws, cache);
    const key = `${purpose} ${region}`;
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const client = withoutCallRecords(create(runtime, region, purpose));
    cache.set(key, client);
    return client;
  };
};
