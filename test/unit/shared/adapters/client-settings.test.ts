import { describe, expect, it } from 'vitest';
import { clientCache } from '../../../../functions/shared/adapters/client-settings.ts';
import { fakeRuntime } from '../../../support/fake-ports.ts';

describe('clientCache', () => {
  it('keeps one client for each Region and purpose of a runtime', () => {
    let created = 0;
    const clients = clientCache(() => ({ number: ++created }));
    const [here, there] = [fakeRuntime(), fakeRuntime()];
    const first = clients(here, 'us-east-1', 'once');
    expect(clients(here, 'us-east-1', 'once')).toBe(first);
    expect(clients(here, 'us-east-1', 'repeatable')).not.toBe(first);
    expect(clients(here, 'us-west-2', 'once')).not.toBe(first);
    expect(clients(there, 'us-east-1', 'once')).not.toBe(first);
    expect(created).toBe(4);
  });
});
