import type { Members } from '../../api/service.ts';
import type { BrokerRecord } from './broker-record.ts';

/** Ports of ActiveMQ on Amazon MQ (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-basic-elements.html). */
const ports = { openWire: 61617, amqp: 5671, stomp: 61614, mqtt: 8883, webSocket: 61619, console: 8162 } as const;

/** The port on which a broker speaks AMQP 1.0. */
export const amqpPort = ports.amqp;

/** The port of the web console. */
export const consolePort = ports.console;

/** Instances of a broker: the first one is active, the second one of a standby pair does not listen. */
export const instanceCount = (record: BrokerRecord): number =>
  record.deploymentMode === 'ACTIVE_STANDBY_MULTI_AZ' ? 2 : 1;

/** Host name of an instance, counted from 1. */
export const instanceHost = (record: BrokerRecord, instance: number): string =>
  `${record.brokerId}-${instance}.mq.${record.region}.amazonaws.com`;

/** `BrokerInstances` of DescribeBroker. */
export const brokerInstances = (record: BrokerRecord): readonly Members[] =>
  record.engineType === 'RabbitMQ' ? [rabbitInstance(record)] : activeMqInstances(record);

/** Host name of a RabbitMQ broker: one for all nodes of a cluster (docs/rabbitmq.md 1.1). */
export const rabbitHost = ({ brokerId, region }: Pick<BrokerRecord, 'brokerId' | 'region'>): string =>
  `${brokerId}.mq.${region}.amazonaws.com`;

const rabbitInstance = (record: BrokerRecord): Members => ({
  consoleURL: `https://${rabbitHost(record)}`,
  endpoints: [`amqps://${rabbitHost(record)}:${ports.amqp}`],
});

const activeMqInstances = (record: BrokerRecord): readonly Members[] =>
  Array.from({ length: instanceCount(record) }, (_unused, index) => {
    const host = instanceHost(record, index + 1);
    return {
      consoleURL: `https://${host}:${ports.console}`,
      ipAddress: `10.0.${index}.10`,
      endpoints: [
        `ssl://${host}:${ports.openWire}`,
        `amqp+ssl://${host}:${ports.amqp}`,
        `stomp+ssl://${host}:${ports.stomp}`,
        `mqtt+ssl://${host}:${ports.mqtt}`,
        `wss://${host}:${ports.webSocket}`,
      ],
    };
  });
