import { openActive } from '../../brokers/broker-endpoints.ts';
import type { Credentials } from '../../brokers/broker-secrets.ts';
import type { BrokerSnapshot } from '../../brokers/broker-snapshot.ts';
import { queueNameProblem } from '../../ledger/destination.ts';
import { type DrError, InvalidInput, ServiceUnavailable } from '../../runtime/errors.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { HeldMessage, QueueScan, ScanOptions, ScanSummary, ScanVerdict } from './port.ts';
import { QuarantineMover } from './quarantine-mover.ts';
import type { ScanPath } from './queue-reader.ts';
import { ScanConnection } from './scan-connection.ts';
import { removingConnections } from './scan-limits.ts';
import { ScanRun } from './scan-run.ts';

/** Scans queues of an ActiveMQ broker over AMQP 1.0; docs/adr/0014-queue-scan.md explains how. */
export class AmqpQueueScan implements QueueScan {
  readonly #runtime: Runtime;
  readonly #access: { readonly broker: Pick<BrokerSnapshot, 'amqpEndpoints'>; readonly credentials: Credentials };

  constructor(
    runtime: Runtime,
    access: { readonly broker: Pick<BrokerSnapshot, 'amqpEndpoints'>; readonly credentials: Credentials },
  ) {
    this.#runtime = runtime;
    this.#access = access;
  }

  /** @throws InvalidInput for a name that is not one queue's, and as the port says */
  async scan(
    queue: string,
    options: ScanOptions,
    visit: (batch: readonly HeldMessage[]) => Promise<readonly ScanVerdict[]>,
  ): Promise<ScanSummary> {
    const { quarantine, deadlineMs, sizeAtStart } = options;
    for (const name of [queue, quarantine ?? queue]) {
      const problem = queueNameProblem(name);
      if (problem !== undefined) throw new InvalidInput(`"${name}" is not the name of one queue: ${problem}`);
    }
    if (queue === quarantine) throw new InvalidInput(`${queue} cannot be its own quarantine`);
    const opened: ScanConnection[] = [];
    try {
      const first = await this.#open(quarantine, opened);
      const others: ScanPath[] = [];
      const count = quarantine === undefined ? 1 : removingConnections;
      while (opened.length < count) others.push(await this.#open(quarantine, opened));
      const { clock } = this.#runtime;
      return await new ScanRun({ clock, queue, deadlineMs, sizeAtStart, paths: [first, ...others], visit }).scan();
    } finally {
      for (const connection of opened) await connection.close();
    }
  }

  /** Opens a connection, with what removes where there is a quarantine; notes it in `opened` at once, for its end. */
  async #open(quarantine: string | undefined, opened: ScanConnection[]): Promise<ScanPath> {
    const connection = await this.#connect();
    opened.push(connection);
    return quarantine === undefined
      ? { connection }
      : { connection, mover: await QuarantineMover.open(connection, quarantine) };
  }

  /** @throws AccessDenied, ServiceUnavailable */
  async #connect(): Promise<ScanConnection> {
    const opened = await openActive(this.#runtime, this.#access.broker);
    if (opened.state === 'accepts') return await ScanConnection.open(opened.stream, this.#access.credentials);
    const error: DrError = new ServiceUnavailable(`the broker's AMQP endpoints answered "${opened.state}"`);
    throw error;
  }
}
