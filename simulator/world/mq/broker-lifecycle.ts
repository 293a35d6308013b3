import type { VirtualClock } from '../../clock/virtual-clock.ts';
import { type FaultBoard, fits } from '../fault-board.ts';
import { flushStreams } from '../flush-streams.ts';
import type { Reachability } from '../reachability.ts';
import type { Random } from '../seeded-random.ts';
import type { BrokerRecord, Pairing } from './broker-record.ts';
import type { BrokerRegistry } from './broker-registry.ts';
import type { DataPlanes } from './data-planes.ts';
import type { MqSettings } from './mq-settings.ts';
import { counterpartOf, roleOf } from './pairing.ts';

export interface BrokerLifecycleOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly settings: MqSettings;
  readonly faults: FaultBoard;
  readonly reachability: Reachability;
  readonly registry: BrokerRegistry;
  readonly dataPlanes: DataPlanes;
}

type Phase = 'creation' | 'reboot' | 'deletion';

/** What takes a broker minutes: being created, rebooted and deleted, each as an actor of its own. */
export class BrokerLifecycle {
  readonly #options: BrokerLifecycleOptions;

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options;
  }

  /** Gives a running record its data plane at once. */
  powerUp(record: BrokerRecord): void {
    const { brokerId, brokerName, region } = record;
    if (record.engineType === 'ActiveMQ') {
      const authenticate = (username: string, password: string): boolean =>
        record.users.get(username)?.current?.password === password;
      record.dataPlane = this.#options.dataPlanes.createBroker({ brokerId, brokerName, region, authenticate });
    }
  }

  beginCreation(record: BrokerRecord): void {
    record.state = 'CREATION_IN_PROGRESS';
    this.#later('creation', record, () => {
      if (this.#hitByFault('creation-failure', record)) {
        record.state = 'CREATION_FAILED';
        if (record.pairing !== undefined) detach(record.pairing);
        return;
      }
      this.powerUp(record);
      // A replica takes no clients before its pair is active either: only the primary does (docs/amazon-mq.md 3).
      if (record.pairing !== undefined) record.dataPlane?.powerOff();
      record.state = 'RUNNING';
    });
  }

  /**
   * Reboots a broker. The primary of a pair that waits for its reboot takes the replica with it, and afterwards the
   * pair replicates, or is dissolved (docs/amazon-mq.md 2, 6).
   */
  beginReboot(record: BrokerRecord): void {
    const { pairing } = record;
    const together =
      pairing !== undefined && this.#rebootsBoth(pairing, record) ? [record, counterpartOf(pairing, record)] : [record];
    const rebooting = new Set(together);
    for (const broker of together) {
      broker.state = 'REBOOT_IN_PROGRESS';
      broker.dataPlane?.powerOff();
      this.#later('reboot', broker, () => {
        applyPendingChanges(broker);
        rebooting.delete(broker);
        // Roles are in force before either broker listens; a dissolved replica takes clients only once both are back.
        const isDue = pairing?.phase === 'pending' || (pairing?.phase === 'dissolving' && rebooting.size === 0);
        if (pairing !== undefined && together.length > 1 && isDue) this.#settlePairing(pairing);
        broker.dataPlane?.powerOn();
        broker.state = 'RUNNING';
      });
    }
  }

  beginDeletion(record: BrokerRecord): void {
    record.state = 'DELETION_IN_PROGRESS';
    record.dataPlane?.powerOff();
    this.#later('deletion', record, () => this.#options.registry.remove(record));
  }

  #rebootsBoth(pairing: Pairing, record: BrokerRecord): boolean {
    if (pairing.phase === 'active' || roleOf(pairing, record) !== 'primary') return false;
    const other = counterpartOf(pairing, record);
    return other.state === 'RUNNING' && this.#options.reachability.connects(record.region, other.region);
  }

  /** Starts the replication of a pair at once. */
  activate(pairing: Pairing): void {
    const { founder, second } = pairing;
    if (founder.dataPlane === undefined || second.dataPlane === undefined) return;
    pairing.dataPlane = this.#options.dataPlanes.createPair(founder.dataPlane, second.dataPlane);
    pairing.dataPlane.linkUp = this.#options.reachability.linkUp(founder.region, second.region);
    pairing.phase = 'active';
    founder.replicationMode = 'CRDR';
    second.replicationMode = 'CRDR';
  }

  #settlePairing(pairing: Pairing): void {
    if (pairing.phase === 'pending') {
      this.activate(pairing);
      return;
    }
    pairing.dataPlane?.dissolve();
    detach(pairing);
    pairing.founder.replicationMode = 'NONE';
    pairing.second.replicationMode = 'NONE';
  }

  #later(phase: Phase, record: BrokerRecord, effect: () => void): void {
    const { clock } = this.#options;
    const durationMs = this.#durationMs(phase, record);
    clock.spawn(`mq ${phase} of ${record.brokerName} in ${record.region}`, async () => {
      await clock.sleepMs(durationMs);
      effect();
      await flushStreams();
    });
  }

  #durationMs(phase: Phase, record: BrokerRecord): number {
    const { settings, random, faults } = this.#options;
    const baseMs = { creation: settings.creationMs, reboot: settings.rebootMs, deletion: settings.deletionMs }[phase];
    const slow = faults.hit(
      'slow-lifecycle',
      (fault) =>
        (fault.phase === undefined || fault.phase === phase) &&
        fits(fault.region, record.region) &&
        fits(fault.brokerName, record.brokerName),
    );
    const spread = 1 + (2 * random() - 1) * settings.durationSpread;
    return Math.round(baseMs * spread * (slow?.factor ?? 1));
  }

  #hitByFault(kind: 'creation-failure', record: BrokerRecord): boolean {
    const meets = (fault: {
      readonly region?: string | undefined;
      readonly brokerName?: string | undefined;
    }): boolean => fits(fault.region, record.region) && fits(fault.brokerName, record.brokerName);
    return this.#options.faults.hit(kind, meets) !== undefined;
  }
}

const detach = (pairing: Pairing): void => {
  pairing.founder.pairing = undefined;
  pairing.second.pairing = undefined;
};

/** What a reboot puts in force in addition to replication: versions, sizes, configuration and users (docs/amazon-mq.md 7). */
const applyPendingChanges = (record: BrokerRecord): void => {
  const { engineVersion, hostInstanceType, securityGroups, configuration } = record.pending;
  record.engineVersion = engineVersion ?? record.engineVersion;
  record.hostInstanceType = hostInstanceType ?? record.hostInstanceType;
  record.securityGroups = securityGroups ?? record.securityGroups;
  if (configuration !== undefined) {
    record.configurationHistory = [...record.configurationHistory, record.configuration];
    record.configuration = configuration;
  }
  record.pending = {};
  for (const user of record.users.values()) {
    if (user.pending === undefined) continue;
    if (user.pending.change === 'DELETE') record.users.delete(user.username);
    else user.current = user.pending.settings;
    user.pending = undefined;
  }
};
