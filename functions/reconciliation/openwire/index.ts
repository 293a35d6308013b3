/** A client of ActiveMQ's own protocol, as far as queues are read, copied and emptied; docs/openwire.md. */
export { OpenWireConnection, type OpenWireOptions } from './connection.ts';
