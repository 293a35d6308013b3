import { describe, expect, it } from 'vitest';
import { voidKeysOf } from '../../../functions/policy-drift/void-keys.ts';

describe('the keys that make a policy void', () => {
  it.each([
    ['3.8.10', 'quorum', 'ha-mode', false],
    ['3.8.11', 'quorum', 'ha-sync-batch-size', true],
    ['3.8.11', 'quorum', 'dead-letter-routing-key', false],
    ['3.8.13', 'quorum', 'ha-sync-batch-size', false],
    ['3.8.35', 'classic', 'max-age', false],
    ['3.9.0', 'classic', 'max-age', true],
    ['3.9.29', 'quorum', 'message-ttl', true],
    ['3.10.0', 'quorum', 'message-ttl', false],
    ['3.9.29', 'classic', 'delivery-limit', false],
    ['3.10.8', 'classic', 'delivery-limit', true],
    ['3.12.6', 'classic', 'max-in-memory-length', false],
    ['3.12.7', 'classic', 'max-in-memory-length', true],
    ['3.13.7', 'classic', 'queue-leader-locator', true],
    ['4.0.0', 'classic', 'queue-leader-locator', false],
    ['4.2.9', 'stream', 'selector-fields', false],
    ['4.3.0', 'stream', 'selector-fields', true],
    ['4.3.0-rc.1', 'stream', 'selector-fields', true],
    ['3.13', 'stream', 'target-group-size', true],
  ] as const)('on %s, for a %s queue, %s: %s', (version, type, key, isVoid) => {
    expect(voidKeysOf(version)[type].has(key)).toBe(isVoid);
  });
});
