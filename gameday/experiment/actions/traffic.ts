import * as z from 'zod';
import type { ScenarioOutline } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';

const schema = z.strictObject({});

const needsTraffic = (_step: unknown, scenario: ScenarioOutline) =>
  scenario.traffic === undefined ? [{ path: [], message: 'needs a "traffic" section in the scenario' }] : [];

/** Starts the producers and consumers that the scenario declares. */
export const startTraffic = defineAction({
  kind: 'start-traffic',
  schema,
  describe: () => 'start traffic',
  check: needsTraffic,
  run: async ({ traffic }) => {
    traffic.start();
    return null;
  },
});

/** Lets the consumers stand still while the producers go on: a backlog grows. */
export const pauseConsumers = defineAction({
  kind: 'pause-consumers',
  schema,
  describe: () => 'the consumers stand still',
  check: needsTraffic,
  run: async ({ traffic }) => {
    traffic.setPaused(true);
    return null;
  },
});

/** Lets them go on. */
export const resumeConsumers = defineAction({
  kind: 'resume-consumers',
  schema,
  describe: () => 'the consumers go on',
  check: needsTraffic,
  run: async ({ traffic }) => {
    traffic.setPaused(false);
    return null;
  },
});

/** Stops the producers, then lets the consumers drain their queues. */
export const stopTraffic = defineAction({
  kind: 'stop-traffic',
  schema,
  describe: () => 'stop traffic and drain',
  check: needsTraffic,
  run: async ({ traffic }) => {
    await traffic.stop();
    return { ...traffic.counters };
  },
});
