import { safeParse } from 'zod/mini';
import { parseInput } from '../functions/runtime/parse-input.ts';
import { OperatorError } from './operator-error.ts';
import type { Input, OperatorWorkflow } from './workflows.ts';

/** Options of `start` that say what the workflow must do. */
export interface StartChoices {
  readonly pair?: string;
  readonly cluster?: string;
  readonly targetRegion?: string;
  readonly reason?: string;
  readonly acceptDataLoss?: true;
  readonly dryRun?: true;
  readonly overrideControl?: string;
  readonly mode?: string;
  readonly manifest?: string;
  readonly queue?: readonly string[];
}

/** What is started, and where. */
export interface StartPlan {
  readonly input: Input;
  /** Name of the pair or the cluster; `all` where the input names none. */
  readonly subject: string;
  /** Undefined where the workflow may be started in any Region that it is deployed in. */
  readonly region: string | undefined;
  readonly dryRun: boolean;
  /** What the operator confirms; undefined where nothing has to be. */
  readonly effect: string | undefined;
}

const optionNames: Readonly<Record<keyof StartChoices, string>> = {
  pair: '--pair',
  cluster: '--cluster',
  targetRegion: '--target-region',
  reason: '--reason',
  acceptDataLoss: '--accept-data-loss',
  dryRun: '--dry-run',
  overrideControl: '--override-control',
  mode: '--mode',
  manifest: '--manifest',
  queue: '--queue',
};

/** The text of `--input` as an object. @throws OperatorError when it is something else */
export const parseGivenInput = (text: string): Input => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would repeat the beginning of what may be a secret, given in error.
    throw OperatorError.usage('--input is not JSON: give an object such as {"pair": "orders"}, or @file');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  throw OperatorError.usage('--input must be a JSON object, such as {"pair": "orders"}');
};

const takes = (workflow: OperatorWorkflow, field: string): boolean => Object.hasOwn(workflow.input.shape, field);

/** The member of the input that an option fills; a workflow of several pairs takes the one in a list. */
const memberFor = (workflow: OperatorWorkflow, choice: string, value: unknown): readonly [string, unknown] => {
  if (choice === 'queue') return ['queues', value];
  return choice === 'pair' && takes(workflow, 'pairs') ? ['pairs', [value]] : [choice, value];
};

/** What else to do where an option does not belong to a workflow. */
const insteadOf = (workflow: OperatorWorkflow, choice: string): string =>
  choice === 'targetRegion' && workflow.startsIn === 'primary' ? ': give --region, that of the primary' : '';

const merge = (workflow: OperatorWorkflow, given: Input, choices: StartChoices): Input => {
  const merged: Record<string, unknown> = { ...given };
  const problems: string[] = Object.hasOwn(given, 'parentRun')
    ? ['"parentRun" is set only by a workflow that runs this one as a step: leave it out']
    : [];
  for (const [choice, option] of Object.entries(optionNames)) {
    const chosen = choices[choice as keyof StartChoices];
    if (chosen === undefined) continue;
    // Of a failover and a failback only the place of the start depends on the target's Region.
    if (choice === 'targetRegion' && workflow.startsIn === 'taking-over') continue;
    const [field, value] = memberFor(workflow, choice, chosen);
    if (!takes(workflow, field)) problems.push(`${workflow.name} takes no ${option}${insteadOf(workflow, choice)}`);
    else if (Object.hasOwn(given, field) && JSON.stringify(given[field]) !== JSON.stringify(value)) {
      problems.push(`${option} and "${field}" of --input differ`);
    } else merged[field] = value;
  }
  if (problems.length > 0) throw OperatorError.usage(problems.join('; '));
  // The name that the operator types, or spares with --yes, is the confirmation that the workflow asks for.
  if (takes(workflow, 'confirm') && merged.confirm === undefined) merged.confirm = merged.pair;
  return merged;
};

const placeOf = (
  workflow: OperatorWorkflow,
  target: string | undefined,
  named: string | undefined,
): string | undefined => {
  if (workflow.startsIn === 'any' || workflow.startsIn === 'primary') return named;
  if (target !== undefined && named !== undefined && target !== named) {
    throw OperatorError.usage(
      `${workflow.name} is started in the Region that takes over, ${target}; omit --region ${named}`,
    );
  }
  return target ?? named;
};

/** Whether the workflow refuses an input without the field. */
const needs = (workflow: OperatorWorkflow, field: string): boolean => {
  const schema = workflow.input.shape[field];
  return schema !== undefined && !safeParse(schema, undefined).success;
};

/** Options that are missing, as the operator would have to write them. */
const missingOptions = (workflow: OperatorWorkflow, input: Input, region: string | undefined): readonly string[] => {
  const required = (['pair', 'cluster', 'reason', 'targetRegion'] as const).filter(
    (field) => needs(workflow, field) && input[field] === undefined,
  );
  return [
    ...required.map((field) => optionNames[field]),
    ...(workflow.startsIn === 'taking-over' && region === undefined ? ['--target-region'] : []),
    ...(workflow.startsIn === 'primary' && region === undefined
      ? ['--region (that of the primary; npx mq-dr status shows it)']
      : []),
    ...(takes(workflow, 'manifest') && input.mode === 'repair' && input.manifest === undefined
      ? ['--manifest (the hash that a run with --mode report ended with)']
      : []),
    ...(takes(workflow, 'acceptDataLoss') && input.acceptDataLoss !== true && input.dryRun !== true
      ? ['--accept-data-loss (whatever has not been replicated is left behind)']
      : []),
  ];
};

/**
 * What to start for a command line: options over `--input`, checked as the workflow itself will check it.
 *
 * @param named the Region of `--region`
 * @throws OperatorError and InvalidInput naming every problem
 */
export const planStart = (
  workflow: OperatorWorkflow,
  choices: StartChoices,
  given: Input,
  named: string | undefined,
): StartPlan => {
  const input = merge(workflow, given, choices);
  const target = workflow.startsIn === 'target' ? input.targetRegion : choices.targetRegion;
  const region = placeOf(workflow, typeof target === 'string' ? target : undefined, named);
  const missing = missingOptions(workflow, input, region);
  if (missing.length > 0) throw OperatorError.usage(`start ${workflow.name} needs ${missing.join(' and ')}`);
  parseInput(workflow.input, input, `the input of ${workflow.name}`);
  const dryRun = input.dryRun === true;
  return {
    input,
    subject: String(input.pair ?? input.cluster ?? 'all'),
    region,
    dryRun,
    effect: dryRun ? undefined : workflow.effect?.(input),
  };
};
