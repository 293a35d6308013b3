import type * as z from 'zod';
import { contextMembers, contextMembersNotImplemented } from '../definition/context-members.ts';
import { foreignErrorNames, knownErrorNames } from '../definition/lint-error-names.ts';
import {
  branchSchema,
  itemProcessorSchema,
  machineSchema,
  nestedFields,
  stateSchemas,
  taskResources,
} from '../definition/schema.ts';
import { jsonPathFields, notImplementedFields } from '../definition/unknown-fields.ts';
import { historyEventTypes } from '../execution/history.ts';
import { jsonataFunctions, stepFunctionsFunctions } from '../expression/functions.ts';
import type { Use } from './uses.ts';

/** A closed set of names that the engine's own code takes, or refuses. */
export interface ClaimSet {
  readonly title: string;
  /** Whether a vector shows that such a name is carried out, or that it is refused. */
  readonly shownBy: 'execution' | 'refusal';
  /** Names as `usesOf` gives them. */
  readonly names: readonly Use[];
}

const fields = (owner: string, schema: z.ZodObject): readonly Use[] =>
  Object.keys(schema.shape).map((field) => `${owner}.${field}` as const);

/** Everything that the engine says it can do or refuses by name, as its code has it. Each name needs a vector. */
export const claimSets: readonly ClaimSet[] = [
  {
    title: 'Fields of a machine, a branch and an ItemProcessor',
    shownBy: 'execution',
    names: [
      ...fields('Machine', machineSchema),
      ...fields('Branch', branchSchema),
      ...fields('ItemProcessor', itemProcessorSchema),
    ],
  },
  ...Object.entries(stateSchemas).map(
    ([type, schema]): ClaimSet => ({ title: `Fields of ${type}`, shownBy: 'execution', names: fields(type, schema) }),
  ),
  {
    title: 'Fields of retriers, catchers and rules',
    shownBy: 'execution',
    names: Object.entries(nestedFields).flatMap(([owner, names]) => names.map((field) => `${owner}.${field}` as const)),
  },
  { title: 'Task resources', shownBy: 'execution', names: taskResources.map((name) => `resource ${name}` as const) },
  {
    title: 'JSONata functions',
    shownBy: 'execution',
    names: [...new Set([...jsonataFunctions, ...stepFunctionsFunctions])].map((name) => `$${name}` as const),
  },
  {
    title: 'Members of $states',
    shownBy: 'execution',
    names: ['$states.input', '$states.result', '$states.errorOutput', '$states.context'],
  },
  {
    title: 'Members of $states.context',
    shownBy: 'execution',
    names: contextMembers.map((member) => `$states.context.${member}` as const),
  },
  { title: 'Reserved errors', shownBy: 'execution', names: knownErrorNames.map((name) => `error ${name}` as const) },
  { title: 'History events', shownBy: 'execution', names: historyEventTypes.map((type) => `event ${type}` as const) },
  {
    title: 'Fields of JSONPath',
    shownBy: 'refusal',
    names: [...jsonPathFields].map((field) => `field ${field}` as const),
  },
  {
    title: 'Fields that are not implemented',
    shownBy: 'refusal',
    names: [...notImplementedFields].map((field) => `field ${field}` as const),
  },
  {
    title: 'Members of $states.context that are not implemented',
    shownBy: 'refusal',
    names: Object.keys(contextMembersNotImplemented).map((member) => `$states.context.${member}` as const),
  },
  { title: 'JSONata functions that are not offered', shownBy: 'refusal', names: ['$eval'] },
];

/** Reserved errors that ErrorEquals may name, though nothing here raises them: no vector can show one. */
export const neverRaised: readonly string[] = foreignErrorNames;
