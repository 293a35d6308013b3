import { ControlItems } from '../../functions/control/control-items.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { strongRegions } from '../../simulator/world/dynamodb/table-spec.ts';
import { SimulatedAws } from '../../simulator/world/simulated-aws.ts';
import { noonMs } from './brokers.ts';
import { fakeRuntime } from './fake-ports.ts';

const tableName = 'mq-dr-control';

/** The simulator's Control table, and what a function of each Region reads and writes it with. */
export class ControlStage {
  readonly clock = new VirtualClock({ startMs: noonMs });
  readonly aws = new SimulatedAws({ clock: this.clock, seed: 1 });

  /** Runs `body` as an actor of a new stage's clock. */
  static async play<T>(body: (stage: ControlStage) => Promise<T>): Promise<T> {
    const stage = new ControlStage();
    return await stage.clock.run('test', async () => {
      await stage.aws.addTable({
        tableName,
        partitionKey: 'pk',
        sortKey: 'sk',
        consistency: 'strong',
        regions: strongRegions,
      });
      return await body(stage);
    });
  }

  /** What a function that runs in `region` has around it. */
  runtime(region: string): Runtime {
    const environment = {
      AWS_REGION: region,
      CONTROL_TABLE: tableName,
      CONTROL_REGION: region,
      PAIRS: '[{"name":"orders"}]',
    };
    const aws = this.aws.clientSettings({ fromRegion: region });
    return { ...fakeRuntime({ environment, aws }), clock: this.clock };
  }

  /** The table as `region` sees it. */
  items(region = 'us-west-2'): ControlItems {
    return new ControlItems(this.runtime(region), { region, tableName });
  }
}
