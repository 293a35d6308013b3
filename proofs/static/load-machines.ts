import { readFileSync } from 'node:fs';
import { functions, type MachineSpec, machines } from '../../infra/catalogue.ts';
import { renderDefinition } from '../../infra/definition.ts';
import type { Definition } from '../../simulator/engine/definition/definition.ts';
import { parseDefinition } from '../../simulator/engine/definition/parse-definition.ts';
import { functionArn } from '../../testbed/lambda.ts';

/** A definition as it is deployed, with its parameters filled in. */
export interface ProvenMachine {
  readonly name: string;
  readonly definition: Definition;
}

/** Any twelve digits and any Region: ARNs are compared by their last part alone. */
const accountId = '123456789012';
const region = 'us-east-1';

const functionArns: Readonly<Record<string, string>> = Object.fromEntries(
  functions.map(({ name }) => [name, functionArn(accountId, region, name)]),
);
const machineArns: Readonly<Record<string, string>> = Object.fromEntries(
  machines.map(({ name }) => [name, `arn:aws:states:${region}:${accountId}:stateMachine:${name}`]),
);

/**
 * Reads a definition and fills it in as the deployment does.
 *
 * @param text the definition, in place of the file's; for tests
 * @throws SubstitutionError, InvalidDefinitionError
 */
export const loadMachine = (spec: MachineSpec, text?: string): ProvenMachine => {
  const source = text ?? readFileSync(new URL(`../../${spec.definition}`, import.meta.url), 'utf8');
  return {
    name: spec.name,
    definition: parseDefinition(renderDefinition(spec, source, functionArns, machineArns)),
  };
};

/** Every machine of the deployment's list. */
export const loadMachines = (): readonly ProvenMachine[] => machines.map((spec) => loadMachine(spec));
