import type middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { errorFields, type LogFields } from './log.ts';
import type { Run } from './run.ts';
import { currentRuntime } from './runtime.ts';

/** How a function logs what it decides. */
export interface DecisionLog {
  /** Logs a decision with the function's name and the subject of the call; the fields must hold no secrets. */
  readonly logDecision: (message: string, fields: LogFields) => void;
}

/** What a parsed input may say about the subject of a call. */
interface CallInput {
  /** A name; where a workflow's own input was refused, anything. */
  readonly pair?: unknown;
  readonly cluster?: unknown;
  /** A workflow's own input, as its first states pass it on. */
  readonly input?: CallInput;
  readonly run?: Pick<Run, 'executionArn' | 'fence'>;
}

/** The subject of a call: the pair or cluster it is about, the execution it belongs to, and its fencing token. */
const subjectOf = ({ input, pair = input?.pair, cluster = input?.cluster, run }: CallInput): LogFields => ({
  ...(typeof pair === 'string' && { pair }),
  ...(typeof cluster === 'string' && { cluster }),
  ...(run && { execution: run.executionArn }),
  ...(typeof run?.fence === 'number' && { fence: run.fence }),
});

/**
 * Middleware: every line of a call names its function and its subject, and an error is logged once. It comes after the
 * input's parser, so that nothing of an input is logged that has not been parsed.
 */
export const withDecisionLog = (
  name: string,
): middy.MiddlewareObj<unknown, unknown, Error, Context, { subject?: LogFields }> => ({
  before: ({ event, context, internal }) => {
    const { log } = currentRuntime();
    const subject = subjectOf(event as CallInput);
    internal.subject = subject;
    const { awsRequestId: requestId } = context;
    const added: DecisionLog = {
      logDecision: (message, fields) => log.info(message, { function: name, requestId, ...subject, ...fields }),
    };
    Object.assign(context, added);
  },
  onError: ({ error, internal }) => {
    currentRuntime().log.error(`${name} failed`, { function: name, ...internal.subject, ...errorFields(error) });
  },
});
