import { customerHookCaller } from '../../aws/call-customer-hook.ts';
import { notify } from '../../aws/notifications.ts';
import { MqBrokers } from '../../brokers/mq-brokers.ts';
import { sidesOf } from '../../brokers/pair-sides.ts';
import type { PairConfig } from '../../config/pair-config.ts';
import { readLiveGuards } from '../../control/assess-guards.ts';
import { controlItems } from '../../control/control-ports.ts';
import { HoldTable } from '../../control/hold-table.ts';
import type { NotifyEnvironment } from '../../runtime/environment/notify-environment.ts';
import type { PairEnvironment } from '../../runtime/environment/pair-environment.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { moveConsumers } from '../move-consumers.ts';
import { type ConsumersSettled, settleConsumers } from '../settle-consumers.ts';
import { cutoverPorts } from './cutover-ports.ts';
import { EventSourceMappings } from './event-source-mappings.ts';

/** The schedule's own run: it has no lock, and `judgeHeld` has decided that no other run's lock matters. */
const scheduled = { executionArn: 'the schedule', fence: null, overrideControl: null };

/** `settleConsumers` with the services of the Region. */
export const settleHeldConsumers = (
  runtime: Runtime,
  environment: PairEnvironment & NotifyEnvironment,
  region: string,
  pair: PairConfig,
): Promise<ConsumersSettled> => {
  const ports = cutoverPorts(runtime, environment, pair);
  return settleConsumers(pair, region, {
    holds: new HoldTable(controlItems(runtime, environment)),
    readGuards: () => readLiveGuards({ runtime, environment, region }, pair.name, ''),
    brokers: new MqBrokers(runtime),
    ownBroker: async () => (await sidesOf(pair, region, ports.control)).here,
    release: () =>
      moveConsumers(
        'release',
        { pair, region, epoch: null, run: scheduled, dryRun: false },
        {
          ...ports,
          // Judged before; another run's lock would refuse what it holds too long.
          readGuards: async () => ({ known: true }),
          renewLock: async () => {},
          mappings: new EventSourceMappings(runtime, region),
          callCustomerHook: customerHookCaller(runtime),
          record: { begin: async () => {}, end: async () => {} },
        },
      ),
    page: (notification) => notify(runtime, environment.TOPIC_ARN, notification),
    nowMs: ports.nowMs,
  });
};
