import type { NormalizedSchema } from '@smithy/core/schema';
import {
  type MemberModel,
  memberName,
  type Naming,
  type OperationModel,
  structureMembers,
} from '../../simulator/api/sdk-model.ts';

type Members = Readonly<Record<string, unknown>>;

/** The smallest value that the model allows. */
const sampleOf = (schema: NormalizedSchema, naming: Naming): unknown => {
  if (schema.isDocumentSchema()) return {};
  if (schema.isListSchema()) return [sampleOf(schema.getValueSchema(), naming)];
  if (schema.isMapSchema()) return { key: sampleOf(schema.getValueSchema(), naming) };
  if (schema.isStructSchema()) {
    const members = structureMembers(schema);
    // A union needs one of its members.
    const needed = schema.isUnionSchema() ? members.slice(0, 1) : members.filter(({ required }) => required);
    return Object.fromEntries(needed.map((member) => [memberName(member, naming), sampleOf(member.schema, naming)]));
  }
  if (schema.isBooleanSchema()) return true;
  return schema.isNumericSchema() || schema.isTimestampSchema() ? 1 : 'text';
};

/** A request with all required members of an operation and no other. */
export const minimalRequest = (operation: OperationModel, naming: Naming): Members =>
  Object.fromEntries(
    structureMembers(operation.input)
      .filter(({ required }) => required)
      .map((member) => [memberName(member, naming), sampleOf(member.schema, naming)]),
  );

/** A value of another type than the schema's; undefined where every value fits. */
export const wrongValue = (schema: NormalizedSchema): unknown => {
  if (schema.isDocumentSchema()) return undefined;
  const takesText = schema.isStringSchema() || schema.isBlobSchema() || schema.isTimestampSchema();
  return takesText ? {} : 'text';
};

/** A request that one member makes wrong, and the name under which it must be refused. */
export interface WrongRequest {
  readonly kind: 'unknown' | 'missing' | 'wrong-type';
  /** Path of names: `Users.0.Password`. */
  readonly member: string;
  readonly input: Members;
  /** The top-level member that the fault is in; undefined for one that is not modelled. */
  readonly at: MemberModel | undefined;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

interface Variant {
  readonly kind: WrongRequest['kind'];
  readonly path: string;
  readonly value: unknown;
}

const nested = (path: string, variants: readonly Variant[], put: (value: unknown) => unknown): readonly Variant[] =>
  variants.map((variant) => ({ ...variant, path: `${path}.${variant.path}`, value: put(variant.value) }));

/** Every way to make one thing inside `value` wrong. */
const insideOf = (schema: NormalizedSchema, value: unknown, naming: Naming): readonly Variant[] => {
  if (schema.isListSchema() && Array.isArray(value)) {
    const item = schema.getValueSchema();
    const wrong = wrongValue(item);
    return [
      ...(wrong === undefined ? [] : [{ kind: 'wrong-type' as const, path: '0', value: [wrong] }]),
      ...nested('0', insideOf(item, value[0], naming), (changed) => [changed, ...value.slice(1)]),
    ];
  }
  if (schema.isMapSchema() && isMembers(value)) {
    const [entry] = Object.entries(value);
    if (entry === undefined) return [];
    const [key, first] = entry;
    return nested(key, insideOf(schema.getValueSchema(), first, naming), (changed) => ({ ...value, [key]: changed }));
  }
  return schema.isStructSchema() && isMembers(value) ? ofStructure(schema, value, naming) : [];
};

const ofStructure = (schema: NormalizedSchema, value: Members, naming: Naming): readonly Variant[] => [
  { kind: 'unknown', path: 'surplus', value: { ...value, surplus: 'text' } },
  ...structureMembers(schema).flatMap((member): readonly Variant[] => {
    const name = memberName(member, naming);
    const { [name]: present, ...others } = value;
    const wrong = wrongValue(member.schema);
    const mistyped = schema.isUnionSchema() && present === undefined ? {} : { [name]: wrong };
    return [
      ...(member.required ? [{ kind: 'missing' as const, path: name, value: others }] : []),
      ...(wrong === undefined || Object.keys(mistyped).length === 0
        ? []
        : [{ kind: 'wrong-type' as const, path: name, value: { ...value, ...mistyped } }]),
      ...nested(name, insideOf(member.schema, present, naming), (changed) => ({ ...value, [name]: changed })),
    ];
  }),
];

/** Every request that differs from a valid one in a single unknown, missing or mistyped member, however deep. */
export const wrongRequests = (operation: OperationModel, valid: Members, naming: Naming): readonly WrongRequest[] =>
  ofStructure(operation.input, valid, naming).map(({ kind, path, value }) => ({
    kind,
    member: path,
    input: isMembers(value) ? value : {},
    at: structureMembers(operation.input).find((member) => memberName(member, naming) === path.split('.')[0]),
  }));
