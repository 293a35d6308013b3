import * as z from 'zod/mini';
import { type BusEvent, putEvent } from '../aws/event-bus.ts';
import { findPair } from '../brokers/find-pair.ts';
import { MqBrokers } from '../brokers/mq-brokers.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { cutoverRunPorts } from './adapters/cutover-ports.ts';
import { Parameters } from './adapters/parameters.ts';
import { cutoverInput } from './cutover-input.ts';
import { publishEndpoint } from './publish-endpoint.ts';

/** Last step of a cutover: writes this Region's endpoint parameter and puts the event. */
export const handler = composeHandler({
  name: 'publish-endpoint',
  input: z.strictObject(cutoverInput),
  environment: pairEnvironmentSchema,
  handle: async (input, { runtime, environment, region, logDecision }) => {
    const { epoch, run } = input;
    const pair = findPair(environment.PAIRS, input.pair);
    const ports = {
      ...cutoverRunPorts(runtime, environment, pair, run),
      brokers: new MqBrokers(runtime),
      parameters: new Parameters(runtime, region),
      putEvent: (event: BusEvent) => putEvent(runtime, region, event),
    };
    const request = { pair, region, epoch, run };
    const result = await publishEndpoint(request, ports);
    logDecision('endpoint published', { pair: pair.name, ...result });
    return result;
  },
});
