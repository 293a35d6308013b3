import type { CreateBroker$ } from '@aws-sdk/client-mq';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Members } from './service.ts';

type OperationSchema = typeof CreateBroker$;

/** One operation of a service, as the SDK's own model describes it. */
export interface OperationModel {
  readonly name: string;
  /** Only for REST protocols. */
  readonly http: { readonly method: string; readonly pathTemplate: string; readonly statusCode: number } | undefined;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** Marks an operation among the schemas that a generated client exports. */
const operationSchema = 9;
/** Where a structure schema keeps the number of its required members, which stand first. */
const requiredCountIndex = 6;

const isOperationSchema = (value: unknown): value is OperationSchema =>
  Array.isArray(value) && value[0] === operationSchema;

const isHttpTrait = (value: unknown): value is readonly [string, string, number] =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string';

/** The operations that an AWS SDK client module (`import * as mq from '@aws-sdk/client-mq'`) exports schemas of. */
export const readSdkModel = (sdk: Members): ReadonlyMap<string, OperationModel> => {
  const operations = new Map<string, OperationModel>();
  for (const schema of Object.values(sdk)) {
    if (!isOperationSchema(schema)) continue;
    const [, , name, , input, output] = schema;
    const http: unknown = NormalizedSchema.of(schema).getMergedTraits().http;
    operations.set(name, {
      name,
      http: isHttpTrait(http) ? { method: http[0], pathTemplate: http[1], statusCode: http[2] } : undefined,
      input: NormalizedSchema.of(typeof input === 'function' ? input() : input),
      output: NormalizedSchema.of(typeof output === 'function' ? output() : output),
    });
  }
  return operations;
};

/** A member of a structure together with its name on the wire. */
export interface MemberModel {
  /** As the SDK spells it. */
  readonly name: string;
  readonly wireName: string;
  readonly schema: NormalizedSchema;
  readonly required: boolean;
}

/** How a service sees the names of members: as they are on the wire, or as the SDK spells them. */
export type Naming = 'wire' | 'modelled';

/** The name by which a service sees a member. */
export const memberName = ({ name, wireName }: MemberModel, naming: Naming): string =>
  naming === 'wire' ? wireName : name;

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Members by structure: every request is compared with them. */
const knownMembers = new WeakMap<object, readonly MemberModel[]>();

/**
 * The members of a structure. Path labels have no wire name of their own; they are given the lower camel case that
 * REST-JSON bodies use, so that a service sees one spelling throughout.
 */
export const structureMembers = (structure: NormalizedSchema): readonly MemberModel[] => {
  const schema: unknown = structure.getSchema();
  if (!structure.isStructSchema() || !Array.isArray(schema)) return [];
  const members = knownMembers.get(schema) ?? readMembers(structure, schema);
  knownMembers.set(schema, members);
  return members;
};

const readMembers = (structure: NormalizedSchema, tuple: readonly unknown[]): readonly MemberModel[] => {
  const requiredCount = Number(tuple[requiredCountIndex] ?? 0);
  return [...structure.structIterator()].map(([name, schema], index) => {
    const traits = schema.getMemberTraits();
    const label = traits.httpLabel ? lowerFirst(name) : undefined;
    const wireName = traits.jsonName ?? traits.httpQuery ?? label ?? name;
    return { name, wireName, schema, required: index < requiredCount };
  });
};
