import * as z from 'zod';
import type { Json } from '../../../simulator/engine/expression/json.ts';
import { faultKinds, faultSchema } from '../../../simulator/world/fault-schema.ts';
import { actionKinds } from '../actions/registry.ts';
import { probeKinds } from '../probes/registry.ts';
import type { AnyKind, ProbeResult, Step } from '../step.ts';
import { unknownPair } from './missing-names.ts';
import { problemsOf, type ScenarioProblem, unknownName } from './problems.ts';
import { type ScenarioOutline, scenarioSchema } from './schema.ts';

/** A scenario that has been checked whole. */
export interface Scenario {
  /** File name without folder and extension. */
  readonly name: string;
  /** The file as data, for the journal. */
  readonly source: Json;
  readonly outline: ScenarioOutline;
  readonly hypothesis: { readonly title: string; readonly probes: readonly Step<ProbeResult>[] };
  readonly method: readonly (Step<Json> | Step<ProbeResult>)[];
  readonly rollbacks: readonly (Step<Json> | Step<ProbeResult>)[];
}

/** Checks a scenario's data: its outline, what its parts refer to, and every step by the kind that it names. */
export const checkScenario = (
  name: string,
  source: Json,
): { readonly scenario: Scenario } | { readonly problems: readonly ScenarioProblem[] } => {
  const parsed = scenarioSchema.safeParse(source, { reportInput: true });
  if (!parsed.success) return { problems: problemsOf(parsed.error, scenarioSchema) };
  const outline = parsed.data;
  const problems: ScenarioProblem[] = [];
  problems.push(...checkReferences(outline));
  problems.push(...checkFaults(outline));
  const prepare = (list: readonly Record<string, unknown>[], key: string) =>
    list.flatMap((fields, index) => prepareStep(fields, [key, index], outline, problems));
  const probesOnly = outline['steady-state-hypothesis'].probes.flatMap((fields, index) =>
    prepareProbe(fields, ['steady-state-hypothesis', 'probes', index], outline, problems),
  );
  const scenario: Scenario = {
    name,
    source,
    outline,
    hypothesis: { title: outline['steady-state-hypothesis'].title, probes: probesOnly },
    method: prepare(outline.method, 'method'),
    rollbacks: prepare(outline.rollbacks, 'rollbacks'),
  };
  return problems.length > 0 ? { problems } : { scenario };
};

const checkReferences = (outline: ScenarioOutline): readonly ScenarioProblem[] => {
  const pairs = Object.keys(outline.world.pairs);
  const problems: ScenarioProblem[] = [];
  if (pairs.length === 0 && Object.keys(outline.world.clusters).length === 0) {
    problems.push({ path: ['world', 'pairs'], message: 'must declare at least one pair, or a cluster' });
  }
  if (outline.traffic !== undefined && !pairs.includes(outline.traffic.pair)) {
    problems.push({ path: ['traffic', 'pair'], message: unknownPair(outline.traffic.pair, pairs) });
  }
  return problems;
};

const checkFaults = (outline: ScenarioOutline): readonly ScenarioProblem[] =>
  Object.entries(outline.faults).flatMap(([fault, fields]) => {
    const path = ['faults', fault];
    const kind = fields.kind;
    if (typeof kind !== 'string') return [{ path, message: `needs a "kind": one of ${faultKinds.join(', ')}` }];
    if (!faultKinds.some((known) => known === kind)) {
      return [{ path: [...path, 'kind'], message: unknownName('kind of fault', kind, faultKinds) }];
    }
    const parsed = faultSchema.safeParse(fields, { reportInput: true });
    if (parsed.success) return [];
    const schema = faultSchema.options.find((option) => option.shape.kind.value === kind);
    return problemsOf(parsed.error, schema ?? faultSchema, path);
  });

const prepareStep = (
  fields: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  outline: ScenarioOutline,
  problems: ScenarioProblem[],
): readonly (Step<Json> | Step<ProbeResult>)[] => {
  if ('action' in fields === 'probe' in fields) {
    problems.push({ path, message: 'must name either an "action" or a "probe"' });
    return [];
  }
  return 'action' in fields
    ? prepareOf('action', actionKinds, fields, path, outline, problems)
    : prepareOf('probe', probeKinds, fields, path, outline, problems);
};

const prepareProbe = (
  fields: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  outline: ScenarioOutline,
  problems: ScenarioProblem[],
): readonly Step<ProbeResult>[] => {
  if ('probe' in fields) return prepareOf('probe', probeKinds, fields, path, outline, problems);
  problems.push({ path, message: 'must name a "probe": a hypothesis only looks' });
  return [];
};

const prepareOf = <R>(
  type: 'action' | 'probe',
  kinds: readonly AnyKind<R>[],
  fields: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  outline: ScenarioOutline,
  problems: ScenarioProblem[],
): readonly Step<R>[] => {
  const { [type]: kindName, name, mayFail = false, ...own } = fields;
  const kind = kinds.find((candidate) => candidate.kind === kindName);
  if (kind === undefined) {
    const names = kinds.map((candidate) => candidate.kind);
    problems.push({ path: [...path, type], message: unknownName(type, String(kindName), names) });
    return [];
  }
  if (name !== undefined && typeof name !== 'string')
    problems.push({ path: [...path, 'name'], message: 'must be text' });
  if (typeof mayFail !== 'boolean' || (mayFail && type === 'probe'))
    problems.push({ path: [...path, 'mayFail'], message: 'must be true or false, and stand at an action' });
  const prepared = kind.prepare(own, outline);
  if ('problems' in prepared) {
    if (prepared.error !== undefined)
      problems.push(...problemsOf(prepared.error, withCommonKeys(kind.schema, type), path));
    problems.push(...prepared.problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] })));
    return [];
  }
  return [
    {
      type,
      kind: kind.kind,
      name: typeof name === 'string' ? name : prepared.step.description,
      source: fields as Json,
      mayFail: mayFail === true,
      run: prepared.step.run,
    },
  ];
};

/** The step's schema with the keys that every step may have, so that a hint can name those too. */
const withCommonKeys = (schema: z.ZodType, type: 'action' | 'probe'): z.ZodType =>
  schema instanceof z.ZodObject
    ? schema.extend({ [type]: z.string(), name: z.string().optional(), mayFail: z.boolean().optional() })
    : schema;
