import type * as z from 'zod/mini';
import { clusterEnvironmentSchema } from '../functions/runtime/environment/cluster-environment.ts';
import { machinesEnvironmentSchema } from '../functions/runtime/environment/machines-environment.ts';
import { notifyEnvironmentSchema } from '../functions/runtime/environment/notify-environment.ts';
import {
  pairEnvironmentSchema,
  reconciliationEnvironmentSchema,
} from '../functions/runtime/environment/pair-environment.ts';
import type { EnvironmentKind, FunctionSpec } from './function-spec.ts';

/** The schemas that functions parse their environment with. */
const schemas = {
  pair: pairEnvironmentSchema,
  reconciliation: reconciliationEnvironmentSchema,
  cluster: clusterEnvironmentSchema,
  notify: notifyEnvironmentSchema,
  machines: machinesEnvironmentSchema,
} as const satisfies Record<EnvironmentKind, z.ZodMiniObject>;

type Schemas = typeof schemas;

/** Every variable that a function may parse; a schema that gets a new one does not compile until it is given here. */
export type EnvironmentValues = {
  readonly [K in EnvironmentKind]: z.input<Schemas[K]>;
}[EnvironmentKind] extends infer U
  ? { readonly [N in U extends unknown ? keyof U : never]: string }
  : never;

/** The variables of a function: what its schemas name, and nothing else. */
export const environmentOf = (
  { environment }: Pick<FunctionSpec, 'environment'>,
  values: EnvironmentValues,
): Readonly<Record<string, string>> => {
  const names = new Set(environment.flatMap((kind) => Object.keys(schemas[kind].shape)));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
};
