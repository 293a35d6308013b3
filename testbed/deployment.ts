import { readFile } from 'node:fs/promises';
import { functions, type MachineSpec, machines } from '../infra/catalogue.ts';
import { renderDefinition } from '../infra/definition.ts';
import { controlTableName, ledgerTableName, machineArnOf, pageTopicName, reportBucketNameOf } from '../infra/names.ts';
import type { Engine } from '../simulator/engine/engine.ts';
import { strongRegions } from '../simulator/world/dynamodb/table-spec.ts';
import type { SimulatedAws } from '../simulator/world/simulated-aws.ts';
import { functionArn } from './lambda.ts';
import type { DeployedCluster, DeployedPair } from './testbed-plan.ts';

/** A Region's replica of the Control table, or one that is not the counterpart's, for a Region that has none. */
const controlRegionFor = (region: string): string =>
  strongRegions.some((strong) => strong === region) ? region : 'us-east-2';

/** Deployed definitions with their substitutions made, by ARN: a process that makes many test beds renders each once. */
const renderedDefinitions = new Map<string, string>();

/** mq-dr's tables, buckets, topics and state machines, in all Regions of simulated AWS. */
export class Deployment {
  readonly #aws: SimulatedAws;
  readonly #topics = new Map<string, string>();
  /** The pairs and clusters as they are deployed now. */
  pairs: readonly DeployedPair[] = [];
  clusters: readonly DeployedCluster[] = [];

  constructor(aws: SimulatedAws) {
    this.#aws = aws;
  }

  /** Adds everything. @param definitions in place of the deployed ones, by machine name */
  async deploy(engine: Engine, definitions: Readonly<Record<string, string>>): Promise<void> {
    const { accountId, regions } = this.#aws;
    const keys = { partitionKey: 'pk', sortKey: 'sk' };
    await this.#aws.addTable({
      ...keys,
      tableName: controlTableName,
      consistency: 'strong',
      regions: [...strongRegions],
    });
    await this.#aws.addTable({
      ...keys,
      tableName: ledgerTableName,
      consistency: 'eventual',
      regions,
      timeToLiveAttribute: 'expiresAt',
    });
    for (const region of regions) {
      this.#aws.addBucket(region, reportBucketNameOf(accountId, region));
      this.#topics.set(region, this.#aws.addTopic(region, pageTopicName));
      for (const machine of machines) {
        const { name } = machine;
        const replaced = definitions[name];
        const definition =
          replaced === undefined ? await this.#rendered(machine, region) : this.#render(machine, region, replaced);
        engine.createStateMachine({ name, region, definition });
      }
    }
  }

  machineArn(name: string, region: string): string {
    return machineArnOf({ partition: 'aws', accountId: this.#aws.accountId, region }, name);
  }

  /** A document of a Region's report bucket; undefined where there is none. */
  report(region: string, key: string): string | undefined {
    const stored = this.#aws.objects(reportBucketNameOf(this.#aws.accountId, region)).get(key);
    return stored === undefined ? undefined : Buffer.from(stored.content).toString('utf8');
  }

  /** Environment variables of the functions of a Region. */
  environment(region: string): Readonly<Record<string, string | undefined>> {
    return {
      AWS_REGION: region,
      PAIRS: JSON.stringify(this.pairs),
      CONTROL_TABLE: controlTableName,
      CONTROL_REGION: controlRegionFor(region),
      TOPIC_ARN: this.#topics.get(region),
      LEDGER_TABLE: ledgerTableName,
      REPORT_BUCKET: reportBucketNameOf(this.#aws.accountId, region),
      CLUSTERS: JSON.stringify(this.clusters),
      MACHINES: JSON.stringify(this.#machineArns(region)),
    };
  }

  async #rendered(machine: MachineSpec, region: string): Promise<string> {
    const key = `${this.machineArn(machine.name, region)} of ${machine.definition}`;
    const known = renderedDefinitions.get(key);
    if (known !== undefined) return known;
    const source = await readFile(new URL(`../${machine.definition}`, import.meta.url), 'utf8');
    const definition = this.#render(machine, region, source);
    renderedDefinitions.set(key, definition);
    return definition;
  }

  #render(machine: MachineSpec, region: string, source: string): string {
    const arns = Object.fromEntries(
      functions.map(({ name }) => [name, functionArn(this.#aws.accountId, region, name)]),
    );
    return renderDefinition(machine, source, arns, this.#machineArns(region));
  }

  #machineArns(region: string): Readonly<Record<string, string>> {
    return Object.fromEntries(machines.map(({ name }) => [name, this.machineArn(name, region)]));
  }
}
