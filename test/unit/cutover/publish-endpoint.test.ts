import { describe, expect, it } from 'vitest';
import { publishEndpoint } from '../../../functions/cutover/publish-endpoint.ts';
import { InvalidInput, LockLost, ServiceUnavailable } from '../../../functions/runtime/errors.ts';
import { asRole, pairedWest, westRef } from '../../support/brokers.ts';
import { FakeGuards, pairWithCutover, promotingRun } from '../../support/cutover.ts';
import { FakeBrokers, FakeClock } from '../../support/fake-ports.ts';

const name = '/orders/endpoint';
const promotedWest = () => pairedWest(asRole('primary'));

const setUp = ({ parameter = true, broker = promotedWest() } = {}) => {
  const guards = new FakeGuards();
  const store = new Map<string, string>();
  const events: unknown[] = [];
  const state: { failEvent: Error | undefined } = { failEvent: undefined };
  const publish = (epoch: number | null = 3, region = 'us-west-2') =>
    publishEndpoint(
      {
        pair: pairWithCutover(parameter ? { endpointParameter: { 'us-west-2': name } } : {}),
        region,
        epoch,
        run: promotingRun,
      },
      {
        ...guards.ports(new FakeClock()),
        control: { readMembers: async () => undefined },
        brokers: new FakeBrokers(broker),
        parameters: {
          read: async (asked) => store.get(asked),
          write: async (asked, value) => void store.set(asked, value),
        },
        putEvent: async (event) => {
          const { failEvent } = state;
          state.failEvent = undefined;
          if (failEvent !== undefined) throw failEvent;
          events.push(event);
        },
      },
    );
  return { guards, store, events, state, publish };
};

const document = {
  pair: 'orders',
  brokerId: westRef.brokerId,
  region: 'us-west-2',
  amqpEndpoints: promotedWest().amqpEndpoints,
  epoch: 3,
};

describe('publishEndpoint', () => {
  it('writes the parameter, then puts the event', async () => {
    const { publish, store, events } = setUp();
    expect(await publish()).toEqual({
      outcome: 'published',
      blockers: [],
      warnings: [],
      evidence: { brokerId: westRef.brokerId, parameter: name, epoch: 3 },
    });
    expect(JSON.parse(store.get(name) ?? '')).toEqual(document);
    expect(events).toEqual([{ detailType: 'mq-dr endpoint changed', detail: document }]);
  });

  it('finishes on the next attempt what stopped between the parameter and the event', async () => {
    const { publish, events, state } = setUp();
    state.failEvent = new ServiceUnavailable('no answer');
    await expect(publish()).rejects.toBeInstanceOf(ServiceUnavailable);
    expect((await publish()).outcome).toBe('published');
    expect(events).toHaveLength(1);
  });

  it('only puts the event where no parameter is configured, and says so', async () => {
    const { publish, store, events } = setUp({ parameter: false });
    expect(await publish()).toMatchObject({ outcome: 'announced', warnings: [{ code: 'ENDPOINT_NOT_CONFIGURED' }] });
    expect([store.size, events.length]).toEqual([0, 1]);
  });

  it('never puts an older promotion’s endpoint over a later one’s', async () => {
    const { publish, store, events } = setUp();
    store.set(name, JSON.stringify({ ...document, epoch: 4 }));
    expect(await publish()).toMatchObject({ outcome: 'superseded', evidence: { publishedInEpoch: 4 } });
    expect([JSON.parse(store.get(name) ?? '').epoch, events]).toEqual([4, []]);
  });

  it('writes over an earlier epoch and over a text of a person', async () => {
    const { publish, store } = setUp();
    for (const before of ['set up by hand', JSON.stringify({ ...document, epoch: 2 })]) {
      store.set(name, before);
      expect((await publish()).outcome).toBe('published');
      expect(JSON.parse(store.get(name) ?? '').epoch).toBe(3);
    }
  });

  it('refuses to publish a broker that is no primary', async () => {
    const { publish, store, events } = setUp({ broker: pairedWest() });
    expect(await publish()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'NOT_PRIMARY' }] });
    expect([store.size, events.length]).toEqual([0, 0]);
  });

  it('writes nothing under a freeze or without the lock', async () => {
    const { publish, store, events, guards } = setUp();
    guards.freeze();
    expect(await publish()).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
    guards.reading = { known: true };
    await expect(publish()).rejects.toBeInstanceOf(LockLost);
    expect([store.size, events.length]).toEqual([0, 0]);
  });

  it('refuses a Region that has no broker of the pair', async () => {
    await expect(setUp().publish(3, 'us-east-2')).rejects.toBeInstanceOf(InvalidInput);
  });
});
