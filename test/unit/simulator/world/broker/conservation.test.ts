import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActiveMqBroker } from '../../../../../simulator/world/broker/active-mq-broker.ts';
import { PromotionRefusedError } from '../../../../../simulator/world/broker/embedded-broker.ts';
import { AmqpTestClient, type Answer } from '../../../../support/amqp-client.ts';
import { numbered, type PairFixture, withPair } from './pair-fixture.ts';

type Step =
  | { readonly kind: 'send'; readonly count: number }
  | { readonly kind: 'receive'; readonly count: number; readonly answer: Answer }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'link'; readonly up: boolean }
  | { readonly kind: 'power'; readonly which: 'a' | 'b'; readonly on: boolean }
  | { readonly kind: 'rate'; readonly eventsPerSecond: number }
  | { readonly kind: 'switchover' | 'failover' | 'tell' };

const count = fc.integer({ min: 1, max: 40 });
const ordinarySteps: fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant('send'), count }),
  fc.record({ kind: fc.constant('receive'), count, answer: fc.constantFrom('accept', 'release', 'fail', 'hold') }),
  fc.record({ kind: fc.constant('wait'), milliseconds: fc.integer({ min: 1, max: 15_000 }) }),
  fc.record({ kind: fc.constant('link'), up: fc.boolean() }),
  fc.record({ kind: fc.constant('power'), which: fc.constantFrom('a', 'b'), on: fc.boolean() }),
  fc.record({ kind: fc.constant('rate'), eventsPerSecond: fc.constantFrom(3, 100, 5_000) }),
  fc.constant<Step>({ kind: 'switchover' }),
];
const failoverSteps: fc.Arbitrary<Step>[] = [
  ...ordinarySteps,
  fc.constant<Step>({ kind: 'failover' }),
  fc.constant<Step>({ kind: 'tell' }),
];
const stepsOf = (choices: fc.Arbitrary<Step>[]) => fc.array(fc.oneof(...choices), { minLength: 1, maxLength: 20 });

/** What the clients know: messages that a broker confirmed, and messages that they acknowledged with its word for it. */
interface Clients {
  readonly confirmed: Set<string>;
  readonly acknowledged: Set<string>;
}

const unlessRefused = (promote: () => void): void => {
  try {
    promote();
  } catch (error) {
    if (!(error instanceof PromotionRefusedError)) throw error;
  }
};

const perform = async (step: Step, fixture: PairFixture, clients: Clients): Promise<void> => {
  const { a, b, pair } = fixture;
  const serving = [a, b].find(({ acceptsClients }) => acceptsClients);
  switch (step.kind) {
    case 'send': {
      if (serving === undefined) return;
      const client = await AmqpTestClient.connect(serving);
      const from = clients.confirmed.size + 1;
      const ids = numbered('m', from, from + step.count - 1);
      await client.send(
        'orders',
        ids.map((id) => ({ message_id: id, body: id })),
      );
      for (const id of ids) clients.confirmed.add(id);
      await client.close();
      return;
    }
    case 'receive': {
      if (serving === undefined) return;
      const client = await AmqpTestClient.connect(serving);
      const received = await client.receive('orders', step.count, { answer: step.answer, settleMode: 1 });
      if (step.answer === 'accept') for (const { id } of received) clients.acknowledged.add(String(id));
      if (step.answer !== 'hold') await client.close();
      return;
    }
    case 'wait':
      return await fixture.wait(step.milliseconds);
    case 'link':
      pair.linkUp = step.up;
      return;
    case 'power':
      if (step.on) fixture[step.which].powerOn();
      else fixture[step.which].powerOff();
      return;
    case 'rate':
      pair.setLinkRate(step.eventsPerSecond);
      return;
    case 'switchover':
      return unlessRefused(() => pair.switchover());
    case 'failover':
      return unlessRefused(() => pair.failover());
    case 'tell':
      return unlessRefused(() => pair.tellOldPrimary());
  }
};

/** Performs the steps, then lets the pair rest with everything healthy. */
const performAll = async (steps: readonly Step[], fixture: PairFixture): Promise<Clients> => {
  const clients: Clients = { confirmed: new Set(), acknowledged: new Set() };
  for (const step of steps) await perform(step, fixture, clients);
  const { a, b, pair } = fixture;
  pair.setLinkRate(5_000);
  pair.linkUp = true;
  a.powerOn();
  b.powerOn();
  await fixture.wait(120_000);
  return clients;
};

const stored = (fixture: PairFixture, broker: ActiveMqBroker): string[] => [
  ...fixture.ids(broker, 'orders'),
  ...fixture.ids(broker, 'ActiveMQ.DLQ'),
];

describe('a pair', () => {
  it('without failovers ends with every confirmed message acknowledged or on both brokers, in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(stepsOf(ordinarySteps), async (steps) => {
        await withPair({}, async (fixture) => {
          const { confirmed, acknowledged } = await performAll(steps, fixture);
          const expected = [...confirmed].filter((id) => !acknowledged.has(id)).sort();
          expect(stored(fixture, fixture.pair.primary).sort()).toEqual(expected);
          expect(stored(fixture, fixture.pair.replica)).toEqual(stored(fixture, fixture.pair.primary));
          expect([fixture.pair.primary.role, fixture.pair.replica.role]).toEqual(['primary', 'replica']);
          expect(fixture.pair.primary.acceptsClients).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('with failovers never loses a confirmed message that nobody acknowledged, and invents none', async () => {
    await fc.assert(
      fc.asyncProperty(stepsOf(failoverSteps), async (steps) => {
        await withPair({ tellOldPrimaryAfterMs: 10_000 }, async (fixture) => {
          const { confirmed, acknowledged } = await performAll(steps, fixture);
          const found = new Set([...stored(fixture, fixture.a), ...stored(fixture, fixture.b)]);
          for (const id of confirmed) expect(found.has(id) || acknowledged.has(id)).toBe(true);
          for (const id of found) expect(confirmed.has(id)).toBe(true);
          expect([fixture.pair.primary.role, fixture.pair.replica.role]).toEqual(['primary', 'replica']);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('does the same twice with the same steps', async () => {
    const trace = async (steps: readonly Step[]) =>
      await withPair({ tellOldPrimaryAfterMs: 10_000 }, async (fixture) => {
        const clients = await performAll(steps, fixture);
        const { a, b, changes } = fixture;
        return { clients, changes, stores: [stored(fixture, a), stored(fixture, b)], gauges: [a.gauges(), b.gauges()] };
      });
    await fc.assert(
      fc.asyncProperty(stepsOf(failoverSteps), async (steps) => {
        expect(await trace(steps)).toEqual(await trace(steps));
      }),
      { numRuns: 20 },
    );
  });
});
