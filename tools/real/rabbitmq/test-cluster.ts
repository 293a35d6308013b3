import type { ManagementClient } from './management-client.ts';

/** A three-node RabbitMQ cluster with which the tests may do as they like. Nodes are counted from 0. */
export interface TestCluster {
  /** A user with the tag administrator. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** Where a node's management API is: `http://host:port`. */
  origin(index: number): string;
  client(index?: number): ManagementClient;
  /** Runs `rabbitmqctl` on a node. @throws Error with what it printed */
  control(args: readonly string[], index?: number): Promise<string>;
  /** Ends a node at once, as a failing host does. */
  kill(index: number): Promise<void>;
  /** Starts a node that was killed, and returns at once. */
  restart(index: number): Promise<void>;
  /** Waits until every node sees every node running. */
  allRunning(): Promise<void>;
  /** Leaves nothing behind. */
  stop(): Promise<void>;
}
