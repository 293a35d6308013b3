import { closest } from 'fastest-levenshtein';
import type * as z from 'zod';
import type { Definition, State, StateGraph } from './definition.ts';
import { type DefinitionProblem, InvalidDefinitionError } from './invalid-definition-error.ts';
import { lintErrorNames } from './lint-error-names.ts';
import { lintExpressions } from './lint-expressions.ts';
import { lintFlow } from './lint-flow.ts';
import { lintSubstitutions } from './lint-substitutions.ts';
import { lintTaskArguments } from './lint-task-arguments.ts';
import {
  branchSchema,
  itemProcessorSchema,
  machineSchema,
  nestedFields,
  type StateType,
  stateSchemas,
} from './schema.ts';
import { unknownFieldMessage } from './unknown-fields.ts';

type Problems = DefinitionProblem[];

const joinPath = (base: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>((joined, key) => {
    if (typeof key === 'number') return `${joined}[${key}]`;
    return joined === '' ? String(key) : `${joined}.${String(key)}`;
  }, base);

const issueMessage = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map((value) => JSON.stringify(value)).join(', ');
    const got = issue.input === undefined ? 'is missing' : `${JSON.stringify(issue.input)} is not supported`;
    return `${got}; allowed: ${allowed}`;
  }
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => message).join('; ');
  if (issue.input === undefined) return `is missing: ${issue.message}`;
  return issue.message;
};

const collect = (issues: readonly z.core.$ZodIssue[], path: string, schema: z.ZodObject, problems: Problems): void => {
  for (const issue of issues) {
    const at = joinPath(path, issue.path);
    if (issue.code === 'unrecognized_keys') {
      const container = issue.path.findLast((key) => typeof key === 'string') ?? '';
      const known = nestedFields[String(container)] ?? Object.keys(schema.shape);
      for (const key of issue.keys) {
        problems.push({ path: joinPath(at, [key]), message: unknownFieldMessage(key, known) });
      }
    } else problems.push({ path: at, message: issueMessage(issue) });
  }
};

const parseState = (raw: unknown, path: string, problems: Problems): State | undefined => {
  if (typeof raw !== 'object' || raw === null) {
    problems.push({ path, message: 'must be an object' });
    return undefined;
  }
  const type = 'Type' in raw ? raw.Type : undefined;
  const types = Object.keys(stateSchemas);
  if (typeof type !== 'string' || !Object.hasOwn(stateSchemas, type)) {
    const hint = typeof type === 'string' ? `; did you mean "${closest(type, types)}"?` : '';
    problems.push({
      path: `${path}.Type`,
      message: `must be one of ${types.join(', ')}, got ${JSON.stringify(type)}${hint}`,
    });
    return undefined;
  }
  const nested = parseNested(raw, type, path, problems);
  // The union of all schemas is more than the compiler can infer; each schema's type is the state's own.
  const schema: z.ZodObject = stateSchemas[type as StateType];
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (!parsed.success) {
    collect(parsed.error.issues, path, schema, problems);
    return undefined;
  }
  return { ...parsed.data, ...nested } as unknown as State;
};

/** Machines inside a Parallel or Map state; checked even where the state around them is wrong. */
const parseNested = (raw: object, type: string, path: string, problems: Problems): object => {
  if (type === 'Parallel' && 'Branches' in raw && Array.isArray(raw.Branches)) {
    const branches = raw.Branches.map((branch, index) =>
      parseGraph(branch, `${path}.Branches[${index}]`, branchSchema, problems),
    );
    return { Branches: branches.filter((branch) => branch !== undefined) };
  }
  if (type === 'Map' && 'ItemProcessor' in raw) {
    return { ItemProcessor: parseGraph(raw.ItemProcessor, `${path}.ItemProcessor`, itemProcessorSchema, problems) };
  }
  return {};
};

const parseGraph = (raw: unknown, path: string, schema: z.ZodObject, problems: Problems): StateGraph | undefined => {
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (!parsed.success) collect(parsed.error.issues, path, schema, problems);
  // States are checked even where the frame around them is wrong: all problems are reported at once.
  const rawStates = typeof raw === 'object' && raw !== null && 'States' in raw ? raw.States : undefined;
  const states: Record<string, State> = {};
  if (typeof rawStates === 'object' && rawStates !== null) {
    for (const [name, rawState] of Object.entries(rawStates)) {
      const state = parseState(rawState, joinPath(path, ['States', name]), problems);
      if (state !== undefined) states[name] = state;
    }
  }
  return parsed.success ? ({ ...parsed.data, States: states } as unknown as StateGraph) : undefined;
};

const readDocument = (source: unknown): unknown => {
  if (typeof source !== 'string') return source;
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new InvalidDefinitionError([
      { path: '', message: `is not JSON: ${error instanceof Error ? error.message : String(error)}` },
    ]);
  }
};

/** Definitions by text: a process that builds many stages deploys the same ones every time. They never change. */
const parsed = new Map<string, Definition>();

/**
 * Checks a state machine definition and gives it types.
 *
 * @param source the definition as JSON text or as a parsed document, substitutions already made
 * @throws InvalidDefinitionError with every problem: unknown or unimplemented fields, states and resources, dead or
 *   missing states, invalid JSONata, unknown functions and variables, retriers that can never match
 */
export const parseDefinition = (source: unknown): Definition => {
  if (typeof source !== 'string') return checkedDefinition(source);
  const definition = parsed.get(source) ?? checkedDefinition(source);
  parsed.set(source, definition);
  return definition;
};

const checkedDefinition = (source: unknown): Definition => {
  const problems: Problems = [];
  const document = readDocument(source);
  const definition = parseGraph(document, '', machineSchema, problems);
  // The graph is linted only when every state has its shape: a state that was dropped would look like a missing one.
  if (problems.length === 0 && definition !== undefined) {
    lintFlow(definition, problems);
    lintErrorNames(definition, problems);
    lintTaskArguments(definition, problems);
    lintExpressions(definition, problems);
  }
  lintSubstitutions(document, '', problems);
  if (definition === undefined || problems.length > 0) throw new InvalidDefinitionError(problems);
  return definition;
};
