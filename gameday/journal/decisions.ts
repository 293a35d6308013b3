import type { Journal, LogRecord } from './journal.ts';

/** A request for approval. */
export interface ApprovalRecord {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly pair: string;
  readonly approvalId: string;
  readonly question: string;
  /** The answer that the run acted on at its last poll; `open` when it never polled again. */
  readonly answer: string;
}

/** A promotion as mq-dr recorded it; see the Control table's epochs. */
export interface EpochRecord {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly pair: string;
  readonly epoch: number;
  readonly mode: string;
}

const textField = ({ fields }: LogRecord, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

const named = (logs: readonly LogRecord[], message: string): readonly LogRecord[] =>
  logs.filter((log) => log.message === message);

/** Every approval that a run requested, with the answer that it acted on. */
export const approvalsOf = ({ logs }: Pick<Journal['records'], 'logs'>): readonly ApprovalRecord[] => {
  const polls = logs.filter(({ message }) => message === 'switchover polled' || message === 'approval checked');
  const asked = named(logs, 'approval requested');
  return asked.map((request) => {
    const pair = textField(request, 'pair');
    const next = asked.find((other) => other.atMs > request.atMs && textField(other, 'pair') === pair);
    const last = polls.findLast(
      (poll) => textField(poll, 'pair') === pair && poll.atMs > request.atMs && poll.atMs <= (next?.atMs ?? poll.atMs),
    );
    const answer = last && (textField(last, 'approval') || textField(last, 'state'));
    return {
      atMs: request.atMs,
      pair,
      approvalId: textField(request, 'approvalId'),
      question: textField(request, 'question'),
      answer: answer ?? 'open',
    };
  });
};

/** Every promotion that mq-dr recorded. */
export const epochsOf = ({ logs }: Pick<Journal['records'], 'logs'>): readonly EpochRecord[] =>
  named(logs, 'epoch recorded').map((log) => ({
    atMs: log.atMs,
    pair: textField(log, 'pair'),
    epoch: Number(log.fields.epoch),
    mode: textField(log, 'mode'),
  }));
