import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { Recorder } from '../journal/recorder.ts';
import type { ExerciseStage } from './stage-port.ts';

/** Brings trouble upon the stage and takes it away, and writes both down. */
export class FaultControl {
  readonly #clock: VirtualClock;
  readonly #stage: ExerciseStage;
  readonly #recorder: Recorder;

  constructor(clock: VirtualClock, stage: ExerciseStage, recorder: Recorder) {
    this.#clock = clock;
    this.#stage = stage;
    this.#recorder = recorder;
  }

  raise(name: string, fault: Readonly<Record<string, unknown>>): void {
    this.#stage.raiseFault(name, fault);
    this.#recorder.faultRaised(name, `fault ${name}`, this.#clock.nowMs());
  }

  clear(name: string): void {
    this.#stage.clearFault(name);
    this.#recorder.faultCleared(name, this.#clock.nowMs());
  }

  setLink(pair: string, up: boolean): void {
    this.#stage.setLink(pair, up);
    const name = `link ${pair}`;
    if (up) this.#recorder.faultCleared(name, this.#clock.nowMs());
    else this.#recorder.faultRaised(name, `replication link of ${pair} cut`, this.#clock.nowMs());
  }

  setBroker(pair: string, region: string, up: boolean): void {
    this.#stage.setBroker(pair, region, up);
    const name = `broker of ${pair} in ${region}`;
    if (up) this.#recorder.faultCleared(name, this.#clock.nowMs());
    else this.#recorder.faultRaised(name, `${name} stopped`, this.#clock.nowMs());
  }

  blackout(region: string, powerOff: boolean): void {
    this.#stage.blackoutRegion(region, powerOff);
    this.#recorder.faultRaised(`Region ${region}`, `${region} dark`, this.#clock.nowMs(), region);
  }

  restore(region: string): void {
    this.#stage.restoreRegion(region);
    this.#recorder.faultCleared(`Region ${region}`, this.#clock.nowMs());
  }
}
