import type { BrokerOptions } from './broker-configuration.ts';
import { RealBroker } from './real-broker.ts';
import type { TestBroker } from './test-broker.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const amqpVariable = 'MQ_DR_ACTIVEMQ_AMQP';
const openWireVariable = 'MQ_DR_ACTIVEMQ_OPENWIRE';
const consoleVariable = 'MQ_DR_ACTIVEMQ_CONSOLE';
const userVariable = 'MQ_DR_ACTIVEMQ_USER';
const passwordVariable = 'MQ_DR_ACTIVEMQ_PASSWORD';

/** Whether the environment names a broker that runs already; the tests can neither stop nor configure it. */
export const brokerIsGiven = (environment: Environment): boolean => environment[amqpVariable] !== undefined;

/**
 * The broker that the environment names, or a new one. Tests put their own random names on queues, so a given broker may
 * hold others.
 *
 * @throws Error naming the variable that is missing, and as `RealBroker.start`
 */
export const openBroker = async (environment: Environment, options: BrokerOptions = {}): Promise<TestBroker> => {
  if (!brokerIsGiven(environment)) return await RealBroker.start(options);
  const required = (name: string): string => {
    const value = environment[name];
    if (value === undefined) throw new Error(`${amqpVariable} is set, so ${name} must be set too`);
    return value;
  };
  return {
    amqpUrl: required(amqpVariable),
    openWireUrl: required(openWireVariable),
    consoleUrl: required(consoleVariable),
    credentials: { username: required(userVariable), password: required(passwordVariable) },
    stop: async () => {},
  };
};
