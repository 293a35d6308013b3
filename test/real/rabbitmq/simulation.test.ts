import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateCluster } from '../../../functions/policy-drift/effective-policy.ts';
import type { PolicyDefinition, RabbitCluster } from '../../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import { RabbitManagement } from '../../../functions/policy-drift/rabbitmq/rabbit-management.ts';
import { applyChange } from '../../../functions/policy-drift/simulate-change.ts';
import { profileFor } from '../../../functions/policy-drift/version-profiles.ts';
import { systemClock } from '../../../functions/runtime/clock.ts';
import { sendHttp } from '../../../functions/runtime/http-request.ts';
import { randomStream } from '../../../simulator/world/seeded-random.ts';
import { startTestCluster } from '../../../tools/real/rabbitmq/start-test-cluster.ts';
import type { TestCluster } from '../../../tools/real/rabbitmq/test-cluster.ts';
import { waitUntil } from '../../../tools/real/wait-until.ts';
import { type AppliedPolicy, brokerTruth } from './broker-truth.ts';
import { type PolicySet, policySets } from './policy-sets.ts';
import { withoutRabbit } from './without-rabbit.ts';

const seed = Number(process.env.MQ_DR_SEED ?? 5);
const randomSets = 32;

/** The interval of statistics is 1 s, and queues that rest report at their next turn. */
const samplePatienceMs = 30_000;

const part = encodeURIComponent;
const keyOf = (vhost: string, queue: string): string => JSON.stringify([vhost, queue]);

interface Applied {
  readonly policy: string;
  readonly definition: PolicyDefinition;
}

const byQueue = (rows: readonly AppliedPolicy[]): ReadonlyMap<string, Applied> =>
  new Map(rows.map(({ vhost, queue, policy, definition }) => [keyOf(vhost, queue), { policy, definition }]));

describe.runIf(!withoutRabbit)('the simulation, against a real three-node cluster', () => {
  let cluster: TestCluster;
  let management: RabbitManagement;

  beforeAll(async () => {
    cluster = await startTestCluster(process.env);
    const { credentials } = cluster;
    management = new RabbitManagement(
      { clock: systemClock, httpRequest: sendHttp },
      { origin: cluster.origin(0), credentials },
    );
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  const profileOf = ({ version }: RabbitCluster) => {
    const profile = profileFor(version);
    if (profile === undefined) throw new TypeError(`no profile for ${version}`);
    return profile;
  };

  /** What the simulation says for each queue that it decides. */
  const decided = (seen: RabbitCluster): ReadonlyMap<string, Applied> =>
    new Map(
      simulateCluster(seen, profileOf(seen)).flatMap(({ queue, effective }) =>
        effective.decided
          ? [
              [
                keyOf(queue.vhost, queue.name),
                { policy: effective.policy?.name ?? '', definition: effective.definition },
              ] as const,
            ]
          : [],
      ),
    );

  const put = async (vhost: string, wanted: PolicySet['policies'][number], kind = 'policies'): Promise<void> => {
    const { name, applyTo, ...body } = wanted;
    const path = `/api/${kind}/${part(vhost)}/${part(name)}`;
    await cluster.client().put(path, { ...body, 'apply-to': applyTo });
  };

  const create = async ({ name: vhost, classic, quorum, policies, operatorPolicies }: PolicySet): Promise<void> => {
    const client = cluster.client();
    await client.put(`/api/vhosts/${part(vhost)}`, {});
    for (const policy of policies) await put(vhost, policy);
    for (const policy of operatorPolicies) await put(vhost, policy, 'operator-policies');
    const declare = (queue: string, type: string) =>
      client.put(`/api/queues/${part(vhost)}/${part(queue)}`, {
        durable: true,
        arguments: { 'x-queue-type': type },
      });
    for (const queue of classic) await declare(queue, 'classic');
    for (const queue of quorum) await declare(queue, 'quorum');
  };

  /** The cluster once its samples have caught up with what the broker applies. */
  const settled = (truth: ReadonlyMap<string, Applied>): Promise<RabbitCluster> =>
    waitUntil('samples that show what is applied', samplePatienceMs, async () => {
      const seen = await management.readCluster();
      const shown = new Map(
        seen.queues.map(({ vhost, name, policy, effectiveDefinition }) => [
          keyOf(vhost, name),
          { policy: policy ?? '', definition: effectiveDefinition },
        ]),
      );
      expect(shown).toEqual(truth);
      return seen;
    });

  it(`says what the broker applies, before and after a change (seed ${seed})`, { timeout: 150_000 }, async () => {
    const { version } = await management.readCluster();
    const { mirroring, applyToTypes } = profileOf(await management.readCluster());
    const applyTo = ['all', 'exchanges', ...(applyToTypes ? ['classic_queues', 'quorum_queues'] : [])];
    const sets = policySets({ mirroring, applyTo }, randomStream(seed, 'policy sets'), randomSets);
    for (const set of sets) await create(set);

    const truthBefore = byQueue(await brokerTruth(cluster));
    const before = await settled(truthBefore);
    const decidedBefore = decided(before);
    for (const [key, applied] of decidedBefore) expect(applied, `${key} before`).toEqual(truthBefore.get(key));

    // Predicted from what was read before anything is written, then written.
    const policies = sets.reduce((all, { name: vhost, change: { name, after } }) => {
      const change = { vhost, name, because: 'test', after: after && { ...after, vhost } };
      return applyChange(all, change);
    }, before.policies);
    const predicted = decided({ ...before, policies });
    for (const { name: vhost, change, policies: had } of sets) {
      if (change.after !== undefined) await put(vhost, change.after);
      else if (had.some(({ name }) => name === change.name)) {
        await cluster.client().delete(`/api/policies/${part(vhost)}/${part(change.name)}`);
      }
    }
    const truthAfter = byQueue(await brokerTruth(cluster));
    for (const [key, applied] of predicted) expect(applied, `${key} after`).toEqual(truthAfter.get(key));
    const after = await settled(truthAfter);
    expect(decided(after)).toEqual(predicted);

    const undecided = before.queues.length - decidedBefore.size;
    const changed = [...predicted].filter(([key, applied]) => {
      const was = decidedBefore.get(key);
      return was !== undefined && JSON.stringify(was) !== JSON.stringify(applied);
    });
    console.log(
      `RabbitMQ ${version}: ${sets.length} policy sets, ${before.queues.length} queues, ${undecided} undecided, ${changed.length} changed as predicted`,
    );
    expect(sets.length).toBeGreaterThanOrEqual(30);
    // A simulation that decides little would always agree.
    expect(undecided).toBeLessThan(before.queues.length / 2);
    expect(changed.length).toBeGreaterThan(before.queues.length / 5);
  });
});
