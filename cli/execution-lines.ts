import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { parseObject } from '../functions/runtime/parse-object.ts';
import { printable } from '../functions/runtime/printable.ts';
import { isoSeconds } from './iso-seconds.ts';

/** States of these types only route or wait: between two polls they say nothing new. */
const quietStates = new Set(['ChoiceStateEntered', 'PassStateEntered', 'WaitStateEntered']);

/** Members of a function's answer that say how things stand, in the order in which they are shown. */
const shownMembers = ['verdict', 'outcome', 'phase', 'state', 'because', 'reason', 'manifest'] as const;

/** The sentence in an execution's cause: a function's error is JSON with an `errorMessage`, other causes are text. */
export const causeText = (cause: string | undefined): string => {
  const { errorMessage } = parseObject(cause);
  return typeof errorMessage === 'string' ? errorMessage : (cause ?? 'no cause given');
};

/** Findings of a gate, one line each: `blocker LOCK_HELD: a failover run holds the lock …`. */
export const findingLines = (kind: string, findings: unknown): readonly string[] =>
  (Array.isArray(findings) ? findings : []).map((finding: unknown) => {
    const { code = '?', message = '' } = (finding ?? {}) as { readonly code?: string; readonly message?: string };
    return printable(`${kind} ${code}: ${message}`);
  });

/** A function answers with a `Payload`, a child execution with its `Output`. */
const answerLines = (output: string | undefined, pair: string): readonly string[] => {
  const { Payload, Output } = parseObject(output);
  const answered = Payload ?? Output;
  if (typeof answered !== 'object' || answered === null) return [];
  const answer = answered as Readonly<Record<string, unknown>>;
  const facts = [
    ...shownMembers.flatMap((member) => (typeof answer[member] === 'string' ? [`${member} ${answer[member]}`] : [])),
    // A step that goes through queues says how far it has come.
    ...(typeof answer.next === 'number' ? [`queues so far: ${answer.next}`] : []),
  ];
  const { approvalId } = answer;
  return [
    ...(facts.length > 0 ? [printable(facts.join(' · '))] : []),
    ...findingLines('blocker', answer.blockers),
    ...findingLines('warning', answer.warnings),
    ...findingLines('not covered', answer.uncovered),
    ...(typeof approvalId === 'string'
      ? [printable(`asks for an approval: npx mq-dr approve ${approvalId} --pair ${pair}`)]
      : []),
  ];
};

/** What a person following an execution of a pair reads about one event; most events say nothing. */
export const eventLines = (event: HistoryEvent, pair: string): readonly string[] => {
  const { type = '', timestamp } = event;
  if (type.endsWith('StateEntered') && !quietStates.has(type)) {
    const at = isoSeconds(timestamp?.getTime() ?? 0).slice(11, 19);
    return [printable(`${at}  ${event.stateEnteredEventDetails?.name}`)];
  }
  if (type === 'TaskSucceeded') {
    return answerLines(event.taskSucceededEventDetails?.output, pair).map((line) => `            ${line}`);
  }
  // Only a task that waits for something outside submits it: here a child execution.
  if (type === 'TaskSubmitted') {
    const { ExecutionArn: child } = parseObject(event.taskSubmittedEventDetails?.output);
    return typeof child === 'string' ? [printable(`runs ${child}`)].map((line) => `            ${line}`) : [];
  }
  const failure = event.taskFailedEventDetails ?? event.taskTimedOutEventDetails;
  if (failure === undefined) return [];
  return [printable(`! ${failure.error}: ${causeText(failure.cause)}`)].map((line) => `          ${line}`);
};
