import { orders } from '../../testbed/orders.ts';
import { Testbed } from '../../testbed/testbed.ts';
import type { PairPlan, TestbedPlan } from '../../testbed/testbed-plan.ts';
import { trackMachineCoverage } from './machine-coverage.ts';

/** Every test file that imports this module adds to the coverage of the machines. */
const cover = trackMachineCoverage();

/** What a test says about its test bed: about the pair `orders`, which does not replicate unless told so, and the rest. */
export type TestbedOptions = Partial<Omit<PairPlan, 'primary' | 'replica'>> & Omit<TestbedPlan, 'pairs'>;

/** A test bed with the pair `orders`. */
export const createTestbed = async (options: TestbedOptions = {}): Promise<Testbed> => {
  const { paired = false, engineVersion, settings, consumers, ledger, ...plan } = options;
  const changes = {
    paired,
    ...(engineVersion !== undefined && { engineVersion }),
    ...(settings !== undefined && { settings }),
    ...(consumers !== undefined && { consumers }),
    ...(ledger !== undefined && { ledger }),
  };
  const testbed = await Testbed.create({ ...plan, pairs: orders(changes) });
  cover(testbed.engine);
  return testbed;
};

/** A test bed whose pair `orders` replicates and has a ledger, by which it is repaired automatically. */
export const createLedgerTestbed = (ledger: PairPlan['ledger'] = {}, options: TestbedOptions = {}): Promise<Testbed> =>
  createTestbed({
    paired: true,
    ledger: { ledgerStart: '2026-01-01T00:00:00Z', automaticRepair: true, ...ledger },
    ...options,
  });

/** Input of switchover towards us-west-2. */
export const switchoverInput = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  pair: 'orders',
  targetRegion: 'us-west-2',
  reason: 'test',
  ...more,
});

/** Stops all writes of a scope, as an operator's tool would. */
export const freeze = async ({ clock, operator }: Testbed, scope: string): Promise<void> => {
  await operator.guards(scope).freeze({ reason: 'test', by: 'tester', atMs: clock.nowMs() });
};

/** Takes a lock from whoever has it. */
export const takeLock = async (
  { clock, operator }: Testbed,
  scope: string,
  owner: string,
  purpose: string,
): Promise<void> => {
  const everybody = ['switchover', 'failover', 'create-replica', 'unpair', 'nobody'];
  await operator.guards(scope).acquire(owner, purpose, clock.nowMs(), everybody);
};

/** Writes that reached Amazon MQ, in order. */
export const mqWrites = ({ calls }: Testbed): readonly string[] => {
  const writes = ['CreateBroker', 'RebootBroker', 'Promote', 'UpdateBroker', 'DeleteBroker'];
  return calls
    .filter((call) => call.service === 'mq' && writes.includes(call.operation))
    .map((call) => `${call.operation} ${call.region} ${call.outcome}`);
};

/** Promotions that reached Amazon MQ, in order. */
export const promotions = (testbed: Testbed): readonly string[] =>
  mqWrites(testbed).filter((write) => write.startsWith('Promote'));
