import type { NormalizedSchema } from '@smithy/core/schema';
import { closest } from 'fastest-levenshtein';
import { memberName, type Naming, type OperationModel, structureMembers } from './sdk-model.ts';
import { isMembers, type Members } from './service.ts';

/** Something about a request that the service's own model does not allow. */
export interface InputProblem {
  readonly kind: 'unknown' | 'missing' | 'wrong-type';
  /** Path of wire names: `users.0.password`. */
  readonly member: string;
  readonly message: string;
}

/** Compares a decoded request with the SDK's model of the operation: unknown, missing and mistyped members. */
export const checkInput = (
  operation: OperationModel,
  input: Members,
  naming: Naming = 'wire',
): readonly InputProblem[] => checkStructure(operation.input, input, '', naming);

/** Compares an answer with the SDK's model of the operation, in the same way. */
export const checkOutput = (operation: OperationModel, output: Members): readonly InputProblem[] =>
  checkStructure(operation.output, output, '', 'wire');

const join = (path: string, name: string | number): string => (path === '' ? `${name}` : `${path}.${name}`);

const checkStructure = (
  structure: NormalizedSchema,
  value: Members,
  path: string,
  naming: Naming,
): readonly InputProblem[] => {
  const problems: InputProblem[] = [];
  const members = structureMembers(structure);
  const names = members.map((model) => memberName(model, naming));
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const member = join(path, name);
    const hint = names.length === 0 ? 'no member is allowed' : `did you mean "${closest(name, names)}"?`;
    problems.push({ kind: 'unknown', member, message: `unknown member "${member}"; ${hint}` });
  }
  for (const model of members) {
    const member = join(path, memberName(model, naming));
    const found = value[memberName(model, naming)];
    if (found === undefined || found === null) {
      if (model.required) problems.push({ kind: 'missing', member, message: `member "${member}" is required` });
    } else problems.push(...checkValue(model.schema, found, member, naming));
  }
  return problems;
};

const checkValue = (
  schema: NormalizedSchema,
  value: unknown,
  path: string,
  naming: Naming,
): readonly InputProblem[] => {
  if (schema.isDocumentSchema()) return [];
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [wrongType(path, 'a list', value)];
    return value.flatMap((item, index) => checkValue(schema.getValueSchema(), item, join(path, index), naming));
  }
  if (schema.isMapSchema()) {
    if (!isMembers(value)) return [wrongType(path, 'a map', value)];
    return Object.entries(value).flatMap(([key, item]) =>
      checkValue(schema.getValueSchema(), item, join(path, key), naming),
    );
  }
  if (schema.isStructSchema()) {
    return isMembers(value) ? checkStructure(schema, value, path, naming) : [wrongType(path, 'a structure', value)];
  }
  if (schema.isBlobSchema() && value instanceof Uint8Array) return [];
  if (schema.isStringSchema() || schema.isBlobSchema()) {
    return typeof value === 'string' ? [] : [wrongType(path, 'a string', value)];
  }
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? [] : [wrongType(path, 'a boolean', value)];
  if (schema.isNumericSchema()) return typeof value === 'number' ? [] : [wrongType(path, 'a number', value)];
  if (schema.isTimestampSchema()) {
    return typeof value === 'number' || typeof value === 'string' ? [] : [wrongType(path, 'a timestamp', value)];
  }
  return [];
};

const wrongType = (member: string, wanted: string, found: unknown): InputProblem => {
  const type = Array.isArray(found) ? 'list' : typeof found;
  return { kind: 'wrong-type', member, message: `member "${member}" must be ${wanted}, not a ${type}` };
};
