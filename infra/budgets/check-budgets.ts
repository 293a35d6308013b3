import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machines, maxPairsPerRegion } from '../catalogue.ts';
import type { Deployment } from '../config/config-fields.ts';
import { ConfigurationError } from '../config/config-issues.ts';
import { scopesOf } from '../grants/scope.ts';
import { projectRoot } from '../project-root.ts';
import { type RtoBudget, rtoBudgets } from './rto-budgets.ts';

/** Largest definition that Step Functions takes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const maxDefinitionBytes = 1_048_576;

const arithmetic = ({ title, items, seconds, allowedSeconds }: RtoBudget): string =>
  [
    `${title} may take ${seconds} s, and rtoSeconds allows ${allowedSeconds}:`,
    ...items
      .filter((item) => item.seconds > 0)
      .map((item) => `    ${String(item.seconds).padStart(6)} s  ${item.what}`),
    '    raise rtoSeconds, or lower what is a setting of the pair',
  ].join('\n');

const timeProblems = ({ pairs }: Deployment): readonly string[] =>
  pairs.flatMap((pair, index) =>
    rtoBudgets(pair)
      .filter(({ seconds, allowedSeconds }) => seconds > allowedSeconds)
      .map((budget) => `pairs[${index}].rtoSeconds: ${arithmetic(budget)}`),
  );

/** Definitions that are too large; the sizes of histories and payloads are proved by `npm run prove -- static`. */
const sizeProblems = (): readonly string[] =>
  machines.flatMap(({ definition }) => {
    const { length } = readFileSync(join(projectRoot, definition));
    return length <= maxDefinitionBytes ? [] : [`${definition} has ${length} bytes, ${maxDefinitionBytes} are allowed`];
  });

/**
 * What that proof takes for granted of a deployment: readiness evaluates a Region's pairs in one Map, whose history and
 * whose answer grow with each of them.
 */
const itemProblems = (deployment: Deployment): readonly string[] => {
  const most = maxPairsPerRegion;
  return scopesOf(deployment).flatMap(({ region, pairs }) =>
    pairs.length <= most
      ? []
      : [
          `pairs: ${pairs.length} have a broker in ${region}; the history and payload of readiness are bounded for ${most}: split the deployment into two accounts`,
        ],
  );
};

/**
 * Holds a deployment against its budgets.
 *
 * @throws ConfigurationError with the arithmetic of everything that does not fit
 */
export const checkBudgets = (deployment: Deployment): void => {
  const problems = [...sizeProblems(), ...itemProblems(deployment), ...timeProblems(deployment)];
  if (problems.length > 0) throw new ConfigurationError('the deployment', problems);
};
