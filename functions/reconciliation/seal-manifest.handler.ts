import * as z from 'zod/mini';
import { brokerAddressSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { reconciliationEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { reportStore } from './adapters/object-store.ts';
import { findingSchema, type Manifest, manifestKey, type ScannedQueue, sha256, writeManifest } from './manifest.ts';
import { RunDocuments } from './run-documents.ts';
import { scanTotals } from './scan-totals.ts';
import { stepInput } from './step-input.ts';

/** Puts the scans of all queues together: the manifest, named by its hash, and the totals. */
export const handler = composeHandler({
  name: 'seal-manifest',
  input: z.strictObject({
    ...stepInput,
    broker: brokerAddressSchema,
    epoch: z.int().check(z.gte(0)),
    uncovered: z.array(findingSchema),
  }),
  environment: reconciliationEnvironmentSchema,
  handle: async (input, { runtime, environment, region, nowMs, logDecision }) => {
    const pair = findPair(environment.PAIRS, input.pair);
    await renewLock(runtime, environment, pair, input.run);
    const store = reportStore(runtime, environment, region);
    const documents = new RunDocuments(store, pair.name, input.execution);
    const scans: ScannedQueue[] = [];
    for (const index of (await documents.queues()).keys()) scans.push(await documents.scan(index));
    const manifest: Manifest = {
      version: 1,
      pair: pair.name,
      epoch: input.epoch,
      brokerId: input.broker.brokerId,
      region,
      executionArn: input.run.executionArn,
      createdAtMs: nowMs,
      queues: scans,
      uncovered: input.uncovered,
    };
    const text = writeManifest(manifest);
    const hash = sha256(text);
    await store.put(manifestKey(pair.name, hash), text);
    const totals = scanTotals(manifest);
    logDecision('manifest sealed', { pair: pair.name, manifest: hash, ...totals });
    return { manifest: hash, ...totals };
  },
});
