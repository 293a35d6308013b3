import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { vi } from 'vitest';
import { type DeploymentInput, parseDeployment } from '../../../infra/config/config.ts';
import exampleConfig from '../../../infra/config.example.ts';
import type { FunctionCode } from '../../../infra/constructs/bundles.ts';
import { MqDrApp } from '../../../infra/mq-dr-app.ts';

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  // Properties are what CloudFormation documents; tests look at the few that they name.
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: unknown;
}

/** Code that is quick to package: what is in a bundle has tests of its own. */
const stubCode = (): FunctionCode => {
  const folder = mkdtempSync(join(tmpdir(), 'mq-dr-stub-'));
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => ({});\n');
  return { codeOf: () => Code.fromAsset(folder) };
};

/** An app's templates, as `npm run synth` writes them but for the code of the functions. */
export interface Synthesised {
  readonly assembly: CloudAssembly;
  template(stackName: string): Template;
}

/** A deployment that is not synthesised yet; `changes` replace members of the example. */
export const makeApp = (changes: Partial<DeploymentInput> = {}): MqDrApp =>
  new MqDrApp({
    config: parseDeployment({ ...exampleConfig, ...changes }),
    code: stubCode(),
    outdir: mkdtempSync(join(tmpdir(), 'mq-dr-synth-')),
  });

/** Synthesises a deployment; `changes` replace members of the example. */
export const synthesise = (changes: Partial<DeploymentInput> = {}): Synthesised => {
  // CDK's own check of templates takes most of the time; test/infra/nag.test.ts has it on.
  vi.stubEnv('CDK_VALIDATION', 'false');
  const assembly = makeApp(changes).synth();
  vi.unstubAllEnvs();
  return {
    assembly,
    template: (stackName) =>
      JSON.parse(readFileSync(join(assembly.directory, `${stackName}.template.json`), 'utf8')) as Template,
  };
};

/** Resources of a type by their logical id. */
export const ofType = ({ Resources }: Template, type: string): readonly (Resource & { readonly id: string })[] =>
  Object.entries(Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => ({ id, ...resource }));
