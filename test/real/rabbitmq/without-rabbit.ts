/**
 * Whether somebody asked for a run without RabbitMQ. Nothing else leaves its tests out: without the variable, a missing
 * installation is a failure.
 */
export const withoutRabbit = process.env.MQ_DR_WITHOUT_RABBITMQ === '1';

if (withoutRabbit) console.warn('MQ_DR_WITHOUT_RABBITMQ=1: the tests on a real RabbitMQ cluster are left out');
