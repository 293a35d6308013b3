/**
 * Whether somebody asked for a run without ActiveMQ. Nothing else leaves its tests out: without the variable, a missing
 * installation is a failure.
 */
export const withoutActiveMq = process.env.MQ_DR_WITHOUT_ACTIVEMQ === '1';

if (withoutActiveMq) console.warn('MQ_DR_WITHOUT_ACTIVEMQ=1: the tests on a real ActiveMQ broker are left out');
