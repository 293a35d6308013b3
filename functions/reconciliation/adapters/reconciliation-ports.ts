import { readLogin } from '../../brokers/broker-login.ts';
import type { Credentials } from '../../brokers/broker-secrets.ts';
import type { BrokerSnapshot } from '../../brokers/broker-snapshot.ts';
import { pairPorts } from '../../brokers/pair-ports.ts';
import { sidesOf } from '../../brokers/pair-sides.ts';
import type { PairConfig } from '../../config/pair-config.ts';
import { type ReconciliationConfig, secretOf } from '../../config/reconciliation-config.ts';
import type { ControlEnvironment } from '../../runtime/environment/control-environment.ts';
import { InvalidConfiguration } from '../../runtime/errors.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { DestinationCounts } from '../queue-counts.ts';
import { BrokerConsole } from './broker-console.ts';

/** The broker whose queues a run scans, and its credentials. */
export interface BrokerQueues {
  /** Region of the pair's other broker. */
  readonly otherRegion: string;
  readonly config: ReconciliationConfig;
  readonly broker: BrokerSnapshot;
  readonly credentials: Credentials;
  /** Exact counters, where the settings let the console be read. */
  readonly readCounts: () => Promise<DestinationCounts | undefined>;
}

/**
 * Opens the way to the queues of the pair's broker in this Region.
 *
 * @throws InvalidConfiguration for a pair without a ledger or without a secret in this Region; as `sidesOf`,
 * errors of reading the broker and the secret
 */
export const brokerQueues = async (
  runtime: Runtime,
  environment: ControlEnvironment,
  { pair, region }: { readonly pair: PairConfig; readonly region: string },
): Promise<BrokerQueues> => {
  const config = pair.reconciliation;
  if (config === undefined) throw new InvalidConfiguration(`pair "${pair.name}" has no "reconciliation" settings`);
  const secretArn = secretOf(config.secretArns, region);
  if (secretArn === undefined) {
    throw new InvalidConfiguration(`none of the secrets of pair "${pair.name}" is in ${region}`, {
      secretArns: config.secretArns,
    });
  }
  const ports = pairPorts(runtime, environment);
  const { here, there } = await sidesOf(pair, region, ports.control);
  const broker = await ports.brokers.describe(here);
  const credentials = await readLogin(runtime, {
    secretArn,
    urls: [...broker.consoleUrls, ...broker.amqpEndpoints],
    brokerDomains: pair.brokerDomains,
  });
  const console = new BrokerConsole(runtime, { urls: broker.consoleUrls, credentials });
  return {
    otherRegion: there.region,
    config,
    broker,
    credentials,
    readCounts: async () => (config.queues.source === 'console' ? await console.readDestinations() : undefined),
  };
};
