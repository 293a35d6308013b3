import type { NormalizedSchema } from '@smithy/core/schema';
import { closest } from 'fastest-levenshtein';
import { type OperationModel, structureMembers } from './sdk-model.ts';

/** Something about a request that the service's own model does not allow. */
export interface InputProblem {
  readonly kind: 'unknown' | 'missing' | 'wrong-type';
  /** Path of wire names: `users.0.password`. */
  readonly member: string;
  readonly message: string;
}

/** Compares a decoded request with the SDK's model of the operation: unknown, missing and mistyped members. */
export function checkInput(
  operation: OperationModel,
  input: Readonly<Record<string, unknown>>,
): readonly InputProblem[] {
  return checkStructure(operation.input, input, '');
}

/** Compares an answer with the SDK's model of the operation, in the same way. */
export function checkOutput(
  operation: OperationModel,
  output: Readonly<Record<string, unknown>>,
): readonly InputProblem[] {
  return checkStructure(operation.output, output, '');
}

const join = (path: string, name: string | number): string => (path === '' ? `${name}` : `${path}.${name}`);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkStructure(
  structure: NormalizedSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  const members = structure.isStructSchema() ? structureMembers(structure) : [];
  const names = members.map((member) => member.wireName);
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const member = join(path, name);
    const hint = names.length === 0 ? 'no member is allowed' : `did you mean "${closest(name, names)}"?`;
    problems.push({ kind: 'unknown', member, message: `unknown member "${member}"; ${hint}` });
  }
  for (const { wireName, schema, required } of members) {
    const member = join(path, wireName);
    const found = value[wireName];
    if (found === undefined || found === null) {
      if (required) problems.push({ kind: 'missing', member, message: `member "${member}" is required` });
    } else problems.push(...checkValue(schema, found, member));
  }
  return problems;
}

function checkValue(schema: NormalizedSchema, value: unknown, path: string): readonly InputProblem[] {
  if (schema.isDocumentSchema()) return [];
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [wrongType(path, 'a list', value)];
    return value.flatMap((item, index) => checkValue(schema.getValueSchema(), item, join(path, index)));
  }
  if (schema.isMapSchema()) {
    if (!isRecord(value)) return [wrongType(path, 'a map', value)];
    return Object.entries(value).flatMap(([key, item]) => checkValue(schema.getValueSchema(), item, join(path, key)));
  }
  if (schema.isStructSchema()) {
    return isRecord(value) ? checkStructure(schema, value, path) : [wrongType(path, 'a structure', value)];
  }
  if (schema.isStringSchema() || schema.isBlobSchema()) {
    return typeof value === 'string' ? [] : [wrongType(path, 'a string', value)];
  }
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? [] : [wrongType(path, 'a boolean', value)];
  if (schema.isNumericSchema()) return typeof value === 'number' ? [] : [wrongType(path, 'a number', value)];
  if (schema.isTimestampSchema()) {
    return typeof value === 'number' || typeof value === 'string' ? [] : [wrongType(path, 'a timestamp', value)];
  }
  return [];
}

function wrongType(member: string, wanted: string, found: unknown): InputProblem {
  const type = Array.isArray(found) ? 'list' : typeof found;
  return { kind: 'wrong-type', member, message: `member "${member}" must be ${wanted}, not a ${type}` };
}
