import * as z from 'zod/mini';
import { putEvent } from '../aws/event-bus.ts';
import { Executions, executionArnOf } from '../aws/executions.ts';
import { notify } from '../aws/notifications.ts';
import { findMembers } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { controlItems } from '../control/control-ports.ts';
import { clockProblems } from '../control/heartbeat.ts';
import { isAnything, subjectOfInput } from '../control/left-behind.ts';
import { readLeftBehind } from '../control/read-left-behind.ts';
import { composeHandler } from '../runtime/compose.ts';
import { machinesEnvironmentSchema } from '../runtime/environment/machines-environment.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { tryRead } from '../runtime/reading.ts';
import { claimWatch } from './adapters/claim-watch.ts';
import { liftPromotedFence } from './adapters/lift-promoted-fence.ts';
import { ReportNotes } from './adapters/report-notes.ts';
import { watchLease } from './adapters/watch-lease.ts';
import { reactToEvent } from './react-to-event.ts';
import { readTriggerEvent } from './trigger-event.ts';

/** Target of every rule: an event comes in, a workflow starts or a person is told. Events may come twice. */
export const handler = composeHandler({
  name: 'receive-event',
  input: z.record(z.string(), z.unknown()),
  environment: z.extend(pairEnvironmentSchema, {
    ...notifyEnvironmentSchema.shape,
    ...machinesEnvironmentSchema.shape,
  }),
  handle: async (input, { runtime, environment, region, logDecision }) => {
    const event = readTriggerEvent(input);
    const { brokers, control, fences, heartbeats } = pairPorts(runtime, environment);
    const items = controlItems(runtime, environment);
    const reactions = await reactToEvent(event, environment.PAIRS, {
      region,
      members: (pair) => findMembers(pair, control),
      tryDescribe: (broker) => brokers.tryDescribe(broker),
      readPromotion: (pair) => control.readIntent(pair, 'Promote'),
      readClockProblem: async (pair, of) => {
        const heartbeat = await heartbeats.read(pair, of);
        return heartbeat && clockProblems([heartbeat], runtime.clock.nowMs())[0]?.problem;
      },
      machine: (name) => environment.MACHINES[name],
      executionArn: executionArnOf,
      start: (machineArn, name, startInput) => new Executions(runtime).start(machineArn, name, startInput),
      claimWatch: async (pair, owner) => (await claimWatch({ runtime, environment, region }, pair, owner)).acquired,
      releaseWatch: (pair, owner) => watchLease(runtime, environment, pair).release(owner),
      liftFence: liftPromotedFence(runtime, environment, brokers),
      readFence: (pair, fenceRegion) => tryRead(() => fences.read(pair, fenceRegion)),
      leavesAnything: async (executionArn, runInput) =>
        isAnything(await readLeftBehind(items, executionArn, subjectOfInput(runInput), region)),
      reports: new ReportNotes(items),
      page: (subject, message) => notify(runtime, environment.TOPIC_ARN, { subject, message }),
      announce: (detailType, detail) => putEvent(runtime, region, { detailType, detail }),
    });
    logDecision('event received', { kind: event.kind, eventId: event.id, reactions });
    return { kind: event.kind, reactions };
  },
});
