import type { VirtualClock } from '../../clock/virtual-clock.ts';
import { BrokerConnections } from '../broker-connections.ts';
import { BrokerInventory } from '../broker-inventory.ts';
import type { EventBridgeService } from '../event-bridge.ts';
import type { FaultBoard } from '../fault-board.ts';
import type { Reachability } from '../reachability.ts';
import type { Random } from '../seeded-random.ts';
import { BrokerLifecycle } from './broker-lifecycle.ts';
import { BrokerRegistry } from './broker-registry.ts';
import { CallTrail } from './call-trail.ts';
import { ConfigurationStore } from './configuration-store.ts';
import type { DataPlanes } from './data-planes.ts';
import { MqService } from './mq-service.ts';
import type { MqSettings } from './mq-settings.ts';
import { Promotions } from './promotions.ts';

export interface BrokerFleetOptions {
  readonly clock: VirtualClock;
  readonly accountId: string;
  readonly settings: MqSettings;
  readonly dataPlanes: DataPlanes;
  readonly faults: FaultBoard;
  readonly reachability: Reachability;
  readonly random: Random;
  readonly nextUuid: () => string;
  readonly emit: EventBridgeService['emit'];
  /** Called whenever the API has created a broker. */
  readonly onBrokerCreated: () => void;
}

/** Amazon MQ of every Region: the brokers, the API that changes them, and the streams that clients have to them. */
export class BrokerFleet {
  readonly service: MqService;
  readonly inventory: BrokerInventory;
  readonly connections: BrokerConnections;
  readonly registry = new BrokerRegistry();
  readonly #reachability: Reachability;

  constructor(options: BrokerFleetOptions) {
    const { clock, accountId, settings, dataPlanes, faults, reachability, random, nextUuid } = options;
    const { registry } = this;
    const nowMs = (): number => clock.nowMs();
    const configurations = new ConfigurationStore();
    const lifecycle = new BrokerLifecycle({ clock, random, settings, faults, reachability, registry, dataPlanes });
    this.#reachability = reachability;
    this.connections = new BrokerConnections({ clock, registry, reachability, faults });
    this.inventory = new BrokerInventory({
      accountId,
      nowMs,
      nextUuid,
      settings,
      registry,
      configurations,
      lifecycle,
    });
    this.service = new MqService({
      accountId,
      clock,
      settings,
      registry,
      configurations,
      lifecycle,
      promotions: new Promotions({ clock, settings, faults, reachability }),
      reachability,
      trail: new CallTrail({ clock, accountId, delayMs: settings.trailDelayMs, emit: options.emit }),
      onBrokerCreated: options.onBrokerCreated,
      nextUuid,
    });
  }

  /** Breaks streams and replication links that no longer get through, and joins the links that do again. */
  applyReachability(): void {
    this.connections.dropUnreachable();
    for (const { pairing } of this.registry.all()) {
      if (pairing?.dataPlane === undefined) continue;
      pairing.dataPlane.linkUp = this.#reachability.linkUp(pairing.founder.region, pairing.second.region);
    }
  }

  /** Stops the processes of a Region's brokers. */
  powerOff(region: string): void {
    for (const record of this.registry.inRegion(region)) record.dataPlane?.powerOff();
  }

  /** Starts those of them again that the API shows as running. */
  powerOn(region: string): void {
    for (const record of this.registry.inRegion(region)) {
      if (record.state === 'RUNNING') record.dataPlane?.powerOn();
    }
  }
}
