import type * as z from 'zod';
import { CONTEXT_MEMBERS, CONTEXT_MEMBERS_NOT_IMPLEMENTED } from '../definition/context-members.ts';
import { FOREIGN_ERROR_NAMES, KNOWN_ERROR_NAMES } from '../definition/lint-error-names.ts';
import {
  BRANCH_SCHEMA,
  ITEM_PROCESSOR_SCHEMA,
  MACHINE_SCHEMA,
  NESTED_FIELDS,
  STATE_SCHEMAS,
  TASK_RESOURCES,
} from '../definition/schema.ts';
import { JSON_PATH_FIELDS, NOT_IMPLEMENTED_FIELDS } from '../definition/unknown-fields.ts';
import { HISTORY_EVENT_TYPES } from '../execution/history.ts';
import { JSONATA_FUNCTIONS, STEP_FUNCTIONS_FUNCTIONS } from '../expression/functions.ts';
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
export const CLAIM_SETS: readonly ClaimSet[] = [
  {
    title: 'Fields of a machine, a branch and an ItemProcessor',
    shownBy: 'execution',
    names: [
      ...fields('Machine', MACHINE_SCHEMA),
      ...fields('Branch', BRANCH_SCHEMA),
      ...fields('ItemProcessor', ITEM_PROCESSOR_SCHEMA),
    ],
  },
  ...Object.entries(STATE_SCHEMAS).map(
    ([type, schema]): ClaimSet => ({ title: `Fields of ${type}`, shownBy: 'execution', names: fields(type, schema) }),
  ),
  {
    title: 'Fields of retriers, catchers and rules',
    shownBy: 'execution',
    names: Object.entries(NESTED_FIELDS).flatMap(([owner, names]) =>
      names.map((field) => `${owner}.${field}` as const),
    ),
  },
  { title: 'Task resources', shownBy: 'execution', names: TASK_RESOURCES.map((name) => `resource ${name}` as const) },
  {
    title: 'JSONata functions',
    shownBy: 'execution',
    names: [...new Set([...JSONATA_FUNCTIONS, ...STEP_FUNCTIONS_FUNCTIONS])].map((name) => `$${name}` as const),
  },
  {
    title: 'Members of $states',
    shownBy: 'execution',
    names: ['$states.input', '$states.result', '$states.errorOutput', '$states.context'],
  },
  {
    title: 'Members of $states.context',
    shownBy: 'execution',
    names: CONTEXT_MEMBERS.map((member) => `$states.context.${member}` as const),
  },
  { title: 'Reserved errors', shownBy: 'execution', names: KNOWN_ERROR_NAMES.map((name) => `error ${name}` as const) },
  { title: 'History events', shownBy: 'execution', names: HISTORY_EVENT_TYPES.map((type) => `event ${type}` as const) },
  {
    title: 'Fields of JSONPath',
    shownBy: 'refusal',
    names: [...JSON_PATH_FIELDS].map((field) => `field ${field}` as const),
  },
  {
    title: 'Fields that are not implemented',
    shownBy: 'refusal',
    names: [...NOT_IMPLEMENTED_FIELDS].map((field) => `field ${field}` as const),
  },
  {
    title: 'Members of $states.context that are not implemented',
    shownBy: 'refusal',
    names: Object.keys(CONTEXT_MEMBERS_NOT_IMPLEMENTED).map((member) => `$states.context.${member}` as const),
  },
  { title: 'JSONata functions that are not offered', shownBy: 'refusal', names: ['$eval'] },
];

/** Reserved errors that ErrorEquals may name, though nothing here raises them: no vector can show one. */
export const NEVER_RAISED: readonly string[] = FOREIGN_ERROR_NAMES;
