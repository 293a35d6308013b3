import { parseInput } from '../functions/shared/parse-input.ts';
import { OperatorError } from './operator-error.ts';
import type { OperatorWorkflow } from './workflows.ts';

/** Options of `start` that say what the workflow shall do. */
export interface StartChoices {
  readonly pair?: string;
  readonly targetRegion?: string;
  readonly reason?: string;
  readonly acceptDataLoss?: true;
  readonly dryRun?: true;
  readonly overrideControl?: string;
}

/** What is started, and where. */
export interface StartPlan {
  readonly input: Readonly<Record<string, unknown>>;
  readonly pair: string;
  /** Undefined where the workflow may be started in any Region that it is deployed in. */
  readonly region: string | undefined;
  readonly dryRun: boolean;
}

const optionNames: Readonly<Record<keyof StartChoices, string>> = {
  pair: '--pair',
  targetRegion: '--target-region',
  reason: '--reason',
  acceptDataLoss: '--accept-data-loss',
  dryRun: '--dry-run',
  overrideControl: '--override-control',
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of `--input` as an object. @throws OperatorError when it is something else */
export const parseGivenInput = (text: string): Readonly<Record<string, unknown>> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw OperatorError.usage(`--input is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (isRecord(value)) return value;
  throw OperatorError.usage('--input must be a JSON object, such as {"pair": "orders"}');
};

const merge = (
  workflow: OperatorWorkflow,
  given: Readonly<Record<string, unknown>>,
  choices: StartChoices,
): Readonly<Record<string, unknown>> => {
  const merged: Record<string, unknown> = { ...given };
  const problems: string[] = [];
  for (const [field, option] of Object.entries(optionNames)) {
    const value = choices[field as keyof StartChoices];
    if (value === undefined) continue;
    // Of a failover only the place of its start depends on the target's Region.
    if (field === 'targetRegion' && workflow.startsIn === 'named') continue;
    if (!Object.hasOwn(workflow.input.shape, field)) problems.push(`${workflow.name} takes no ${option}`);
    else if (Object.hasOwn(given, field) && given[field] !== value) {
      problems.push(`${option} and "${field}" of --input differ`);
    } else merged[field] = value;
  }
  if (problems.length > 0) throw OperatorError.usage(problems.join('; '));
  return merged;
};

const placeOf = (
  workflow: OperatorWorkflow,
  target: string | undefined,
  named: string | undefined,
): string | undefined => {
  if (workflow.startsIn === 'any') return named;
  if (target !== undefined && named !== undefined && target !== named) {
    throw OperatorError.usage(
      `${workflow.name} is started in the Region that shall take over, ${target}; leave --region ${named} out`,
    );
  }
  return target ?? named;
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
  given: Readonly<Record<string, unknown>>,
  named: string | undefined,
): StartPlan => {
  const input = merge(workflow, given, choices);
  const target = workflow.startsIn === 'target' ? input.targetRegion : choices.targetRegion;
  const region = placeOf(workflow, typeof target === 'string' ? target : undefined, named);
  const dryRun = input.dryRun === true;
  const missing = (['pair', 'reason', 'targetRegion'] as const).filter(
    (field) => Object.hasOwn(workflow.input.shape, field) && input[field] === undefined,
  );
  const needed: string[] = missing.map((field) => optionNames[field]);
  if (workflow.startsIn === 'named' && region === undefined) needed.push('--target-region');
  if (Object.hasOwn(workflow.input.shape, 'acceptDataLoss') && input.acceptDataLoss !== true && !dryRun) {
    needed.push('--accept-data-loss (what has not crossed stays behind)');
  }
  if (needed.length > 0) throw OperatorError.usage(`start ${workflow.name} needs ${needed.join(' and ')}`);
  parseInput(workflow.input, input, `the input of ${workflow.name}`);
  return { input, pair: String(input.pair), region, dryRun };
};
