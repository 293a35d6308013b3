import { customerHookCaller } from '../../aws/call-customer-hook.ts';
import type { BrokerReader } from '../../brokers/broker-snapshot.ts';
import type { BrokerRef } from '../../config/broker-arn.ts';
import { cutoverOf } from '../../config/cutover-config.ts';
import type { PairConfig } from '../../config/pair-config.ts';
import { controlPorts } from '../../control/control-ports.ts';
import type { ControlEnvironment } from '../../runtime/environment/control-environment.ts';
import { tryRead } from '../../runtime/reading.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { type FenceOfPromoted, stepOfPromotedFence } from '../promoted-fence.ts';

/**
 * Asks the customer hook to let clients in to a broker of this Region that somebody has promoted, once it reads as the
 * primary. It needs no Control table, and leaves the record of the fence to the Region's schedule.
 */
export const liftPromotedFence =
  (runtime: Runtime, environment: ControlEnvironment, brokers: Pick<BrokerReader, 'tryDescribe'>) =>
  async (pair: PairConfig, { region, brokerId, ...promoted }: BrokerRef): Promise<FenceOfPromoted> => {
    const { fences, guardsOf } = controlPorts(runtime, environment);
    const broker = await brokers.tryDescribe({ ...promoted, region, brokerId });
    const fence = await tryRead(() => fences.read(pair.name, region));
    const guards = await guardsOf(pair.name).read();
    const functionArn = cutoverOf(pair).fencingFunctionArn[region];
    const step = stepOfPromotedFence({ broker, fence, guards, hasHook: functionArn !== undefined });
    if (step !== 'ask-hook' || functionArn === undefined) return step === 'ask-hook' ? 'not-fenced' : step;
    const asked = { action: 'unfence', pair: pair.name, region, epoch: null, brokerId } as const;
    const answer = await tryRead(() => customerHookCaller(runtime)(functionArn, asked));
    if (!answer.known) return { isFenced: 'maybe', because: answer.reason };
    return answer.value.done ? 'let-in' : { isFenced: 'maybe', because: answer.value.reason };
  };
