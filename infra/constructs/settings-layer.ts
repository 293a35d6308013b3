import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** Lambda unpacks layers here: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html */
const layerRoot = '/opt';
const folder = 'mq-dr';

/** URL of a settings file, as functions read it. */
const urlOf = (name: string): string => `file://${layerRoot}/${folder}/${name}.json`;

/**
 * Settings of pairs and clusters as files: the variables of a function have room for 4 KiB together, which a few pairs
 * or some declared policies fill.
 */
export class SettingsLayer extends Construct {
  readonly layer: LayerVersion;
  readonly pairsUrl = urlOf('pairs');
  readonly clustersUrl = urlOf('clusters');

  constructor(
    scope: Construct,
    id: string,
    settings: { readonly pairs: readonly unknown[]; readonly clusters: readonly unknown[] },
  ) {
    super(scope, id);
    const root = mkdtempSync(join(tmpdir(), 'mq-dr-settings-'));
    mkdirSync(join(root, folder));
    for (const [name, value] of Object.entries(settings)) {
      writeFileSync(join(root, folder, `${name}.json`), `${JSON.stringify(value, undefined, 1)}\n`);
    }
    this.layer = new LayerVersion(this, 'Layer', {
      description: 'Settings of the pairs and clusters of this Region',
      code: Code.fromAsset(root),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [Architecture.ARM_64],
    });
    // The asset was copied when the layer was made.
    rmSync(root, { recursive: true });
  }
}
