import type { MachineSpec } from './catalogue.ts';

/** A definition and its substitutions do not fit each other. */
export class SubstitutionError extends Error {
  override readonly name = 'SubstitutionError';
}

const inPascalCase = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());

/** The name under which a definition refers to a function: `assess-reboot` → `AssessRebootFunctionArn`. */
export const functionSubstitution = (functionName: string): string => `${inPascalCase(functionName)}FunctionArn`;

/** The name under which a definition refers to a state machine: `failover` → `FailoverStateMachineArn`. */
const machineSubstitution = (machineName: string): string => `${inPascalCase(machineName)}StateMachineArn`;

/**
 * Names of the `${…}` in a definition, each once, in order of appearance.
 */
export const substitutionNames = (definition: string): readonly string[] => [
  ...new Set([...definition.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? '')),
];

/**
 * What a deployment puts in for the `${…}` of a definition, by name.
 *
 * @param functionArns ARN of every deployed function by its name
 * @param machineArns ARN of every state machine that a definition may start, by its name
 * @throws SubstitutionError naming what is missing from the deployment, and parameters that the definition does not use
 */
export const substitutionsOf = (
  machine: MachineSpec,
  definition: string,
  functionArns: Readonly<Record<string, string>>,
  machineArns: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, string> => {
  const values = new Map<string, string>([
    ...Object.entries(functionArns).map(([name, arn]) => [functionSubstitution(name), arn] as const),
    ...Object.entries(machineArns).map(([name, arn]) => [machineSubstitution(name), arn] as const),
    ...Object.entries(machine.parameters).map(([name, value]) => [name, String(value)] as const),
  ]);
  const names = substitutionNames(definition);
  const missing = names.filter((name) => !values.has(name));
  const unused = Object.keys(machine.parameters).filter((name) => !names.includes(name));
  if (missing.length > 0 || unused.length > 0) {
    throw new SubstitutionError(
      `definition ${machine.definition} and its substitutions differ: missing ${missing.join(', ') || 'none'}; unused ${unused.join(', ') || 'none'}`,
    );
  }
  return new Map(names.map((name) => [name, values.get(name) ?? '']));
};

/** Fills the `${…}` of a definition with ARNs and parameters, as the deployment does. @throws as `substitutionsOf` */
export const renderDefinition = (
  machine: MachineSpec,
  definition: string,
  functionArns: Readonly<Record<string, string>>,
  machineArns: Readonly<Record<string, string>> = {},
): string => {
  const values = substitutionsOf(machine, definition, functionArns, machineArns);
  return definition.replace(/\$\{([^}]*)\}/g, (_match, name: string) => values.get(name) ?? '');
};

/** Names of the functions that a definition calls. */
export const functionsOf = (definition: string, functionNames: readonly string[]): readonly string[] => {
  const names = substitutionNames(definition);
  return functionNames.filter((name) => names.includes(functionSubstitution(name)));
};

/** Names of the state machines that a definition starts. */
export const machinesOf = (definition: string, machineNames: readonly string[]): readonly string[] => {
  const names = substitutionNames(definition);
  return machineNames.filter((name) => names.includes(machineSubstitution(name)));
};
