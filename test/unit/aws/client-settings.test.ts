import { SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { clientCache, clientSettings } from '../../../functions/aws/client-settings.ts';
import { fakeRuntime } from '../../support/fake-ports.ts';

describe('clientCache', () => {
  it('keeps one client for each Region and purpose of a runtime', () => {
    let created = 0;
    const clients = clientCache(() => ({ number: ++created, middlewareStack: { remove: () => true } }));
    const [here, there] = [fakeRuntime(), fakeRuntime()];
    const first = clients(here, 'us-east-1', 'once');
    expect(clients(here, 'us-east-1', 'once')).toBe(first);
    expect(clients(here, 'us-east-1', 'repeatable')).not.toBe(first);
    expect(clients(here, 'us-west-2', 'once')).not.toBe(first);
    expect(clients(there, 'us-east-1', 'once')).not.toBe(first);
    expect(created).toBe(4);
  });

  it('leaves out what the SDK makes for loggers alone', () => {
    const clients = clientCache((runtime, region, purpose) => new SNSClient(clientSettings(runtime, region, purpose)));
    expect(clients(fakeRuntime(), 'us-east-1', 'once').middlewareStack.identify().join()).not.toContain('logger');
    expect(new SNSClient({ region: 'us-east-1' }).middlewareStack.identify().join()).toContain('logger');
  });
});
