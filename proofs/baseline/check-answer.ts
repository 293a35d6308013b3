import type { FunctionAnswer } from '../../testbed/lambda.ts';
import type { AnswerValue } from '../contracts/contract.ts';
import { functionContracts, maxAnswerBytes } from '../contracts/index.ts';

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>)[name] : undefined,
      value,
    );

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

const isOneOf = (values: readonly AnswerValue[], value: unknown): boolean =>
  values.some((allowed) => allowed === (value ?? null));

/**
 * Where an answer is not what proofs/contracts/index.ts says of its function: the static proof counts on every word of it.
 */
export const answerProblems = ({ functionName, event, answer }: FunctionAnswer): readonly string[] => {
  const facts = functionContracts[functionName];
  if (facts === undefined) return [];
  const problems: string[] = [];
  for (const [path, values] of Object.entries(facts.answers ?? {})) {
    const value = at(answer, path);
    // A part of an object may be anything; what is compared with is a name or a flag.
    const compared = typeof value === 'number' || (typeof value === 'object' && value !== null) ? '(something)' : value;
    const isKnown = isOneOf(values, compared) || (path === 'run.fence' && compared === '(something)');
    const isId = values.some((each) => typeof each === 'string' && each.startsWith('(')) && typeof value === 'string';
    if (!isKnown && !isId)
      problems.push(`${functionName} answers ${path} ${shown(value)}, which its facts do not know`);
  }
  for (const { when, leaves } of facts.together ?? []) {
    if (!isOneOf(when.go, at(answer, when.field))) continue;
    for (const [path, values] of Object.entries(leaves)) {
      if (isOneOf(values, at(answer, path))) continue;
      const other = `${when.field} ${shown(at(answer, when.field))}`;
      problems.push(`${functionName} answers ${path} ${shown(at(answer, path))} together with ${other}`);
    }
  }
  const { counts } = facts;
  if (counts !== undefined && !(counts.unless && isOneOf(counts.unless.go, at(answer, counts.unless.field)))) {
    const before = Number(at(event, counts.argument));
    const after = at(answer, counts.path);
    if (after !== before + 1) problems.push(`${functionName} counts ${shown(after)} after ${before}`);
  }
  for (const [path, least] of Object.entries(facts.atLeast ?? {})) {
    const value = Number(at(answer, path));
    if (!(value >= least)) problems.push(`${functionName} answers ${path} ${value}, below ${least}`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  const most = facts.maxBytes ?? maxAnswerBytes;
  if (bytes > most) problems.push(`${functionName} answers ${bytes} bytes, beyond ${most}`);
  return problems;
};
