import { faultSchema } from '../../simulator/world/fault-schema.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { JournalRecorder } from '../journal/recorder.ts';

/** Raises and clears faults on the test bed, and records both. */
export class FaultControl {
  readonly #testbed: Testbed;
  readonly #recorder: JournalRecorder;

  constructor(testbed: Testbed, recorder: JournalRecorder) {
    this.#testbed = testbed;
    this.#recorder = recorder;
  }

  /** Raises a fault. @throws an error that names what is wrong with it */
  raise(name: string, fault: Readonly<Record<string, unknown>>): void {
    this.#testbed.aws.faults.start({ ...faultSchema.parse(fault), id: name });
    this.#recorder.faultRaised(name, `fault ${name}`);
  }

  clear(name: string): void {
    this.#testbed.aws.faults.stop(name);
    this.#recorder.faultCleared(name);
  }

  /** Cuts or restores the replication link of a pair. */
  setLink(pair: string, up: boolean): void {
    const { faults } = this.#testbed.aws;
    const { primary, replica } = this.#testbed.pair(pair).plan;
    const [id, name] = [`link of ${pair}`, `link ${pair}`];
    if (up) {
      faults.stop(id);
      this.#recorder.faultCleared(name);
    } else {
      faults.start({ id, kind: 'link-cut', regions: [primary.region, replica.region] });
      this.#recorder.faultRaised(name, `replication link of ${pair} cut`);
    }
  }

  /** Stops or starts a pair's broker in a Region, as a failing host does; stored messages stay. */
  setBroker(pair: string, region: string, up: boolean): void {
    const dataPlane = this.#testbed.pair(pair).brokerIn(region)?.dataPlane;
    if (dataPlane === undefined) throw new TypeError(`pair "${pair}" has no broker in ${region}`);
    const name = `broker of ${pair} in ${region}`;
    if (up) {
      dataPlane.powerOn();
      this.#recorder.faultCleared(name);
    } else {
      dataPlane.powerOff();
      this.#recorder.faultRaised(name, `${name} stopped`);
    }
  }

  /** Makes a Region unreachable; with `powerOff` its brokers stop as well. */
  blackout(region: string, powerOff: boolean): void {
    this.#testbed.aws.blackout(region, { powerOff });
    this.#recorder.faultRaised(`Region ${region}`, `${region} dark`, region);
  }

  restore(region: string): void {
    this.#testbed.aws.restore(region);
    this.#recorder.faultCleared(`Region ${region}`);
  }
}
