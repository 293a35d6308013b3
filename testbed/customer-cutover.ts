import * as z from 'zod';
import type { SocketAddress } from '../functions/runtime/runtime.ts';
import type { SimulatedBroker } from '../simulator/world/broker-inventory.ts';
import { flushStreams } from '../simulator/world/flush-streams.ts';
import { TeamFunctionError } from '../simulator/world/lambda-service.ts';
import type { SimulatedAws } from '../simulator/world/simulated-aws.ts';

/** What mq-dr asks a customer's fencing hook; see docs/cutover.md. */
const fencingRequestSchema = z.object({
  action: z.enum(['fence', 'unfence']),
  brokerId: z.string(),
});

/** What a customer has for the cutover of one pair: mappings of its consumers, a parameter and a fencing hook. */
export interface CustomerCutover {
  /** The pair's `cutover` settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the customer's consumers may take messages from the broker at this endpoint now. */
  consumes(endpoint: SocketAddress): boolean;
}

/** Name of the SSM parameter that the endpoint of a pair is published in, in every Region. */
const endpointParameterOf = (pair: string): string => `/mq-dr/${pair}/endpoint`;

/** A customer's hook that keeps clients away from a broker of its Region, as a network ACL would. */
const addFencingFunction = (aws: SimulatedAws, region: string): string =>
  aws.addFunction(region, 'customer-fencing', async (payload) => {
    const parsed = fencingRequestSchema.safeParse(payload);
    const broker = aws.brokers().find(({ brokerId }) => brokerId === parsed.data?.brokerId);
    if (!parsed.success || broker?.region !== region) throw new TeamFunctionError('no such broker or action');
    const id = `fence of ${broker.brokerId}`;
    const fenced = aws.faults.active('clients-denied').some((fault) => fault.id === id);
    if (parsed.data.action === 'fence' && !fenced) {
      aws.faults.start({ id, kind: 'clients-denied', region, brokerName: broker.brokerName });
    }
    if (parsed.data.action === 'unfence' && fenced) aws.faults.stop(id);
    await flushStreams();
    return { done: true };
  });

/**
 * Adds what a customer has for the cutover of a pair.
 *
 * @param brokers the pair's brokers as they are now; with `hold`, each gets a mapping that consumes from it
 */
export const addCustomerCutover = (
  aws: SimulatedAws,
  pair: {
    readonly name: string;
    readonly regions: readonly string[];
    readonly consumers: 'hold' | 'live';
    readonly brokers: () => readonly SimulatedBroker[];
  },
): CustomerCutover => {
  const mappings = new Map<string, string>();
  if (pair.consumers === 'hold') {
    for (const { region, brokerArn } of pair.brokers()) {
      const functionName = `${pair.name}-consumer`;
      mappings.set(region, aws.addEventSourceMapping({ region, functionName, eventSourceArn: brokerArn }));
    }
  }
  const forEachRegion = <T>(value: (region: string) => T): Readonly<Record<string, T>> =>
    Object.fromEntries(pair.regions.map((region) => [region, value(region)]));
  return {
    settings: {
      consumers: pair.consumers,
      holdMappings: Object.fromEntries([...mappings].map(([region, uuid]) => [region, [uuid]])),
      endpointParameter: forEachRegion(() => endpointParameterOf(pair.name)),
      fencingFunctionArn: forEachRegion((region) => addFencingFunction(aws, region)),
    },
    consumes: ({ host }) => {
      const broker = pair.brokers().find(({ amqpAddresses }) => amqpAddresses.some((address) => address.host === host));
      const uuid = broker && mappings.get(broker.region);
      return uuid === undefined || aws.mappingConsumes(uuid);
    },
  };
};
