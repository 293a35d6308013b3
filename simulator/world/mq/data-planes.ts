import type { EmbeddedBroker, EmbeddedPair } from '../broker/embedded-broker.ts';

/** Makes the part of brokers that holds messages; the control plane here only switches it. */
export interface DataPlanes {
  /** A standalone broker that is up. */
  createBroker(identity: {
    readonly brokerId: string;
    readonly brokerName: string;
    readonly region: string;
    /** Whether a user that is in force has this password. */
    readonly authenticate: (username: string, password: string) => boolean;
  }): EmbeddedBroker;
  /** Starts replication from `primary` to `replica`. */
  createPair(primary: EmbeddedBroker, replica: EmbeddedBroker): EmbeddedPair;
}
