import { waitUntil } from '../wait-until.ts';
import type { ManagementClient } from './management-client.ts';

/** From the start of a process to an answer of its management API; a busy host with two cores takes 10 to 25 s. */
export const nodePatienceMs = 90_000;

/** Waits until every node sees every node running. */
export const waitForNodes = async (clients: readonly ManagementClient[]): Promise<void> => {
  for (const [index, client] of clients.entries()) {
    await waitUntil(`${clients.length} running nodes, seen by node ${index}`, nodePatienceMs, async () => {
      const nodes = await client.get<readonly { readonly running: boolean }[]>('/api/nodes?columns=name,running');
      return nodes.length === clients.length && nodes.every(({ running }) => running) ? true : undefined;
    });
  }
};
