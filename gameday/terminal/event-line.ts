import type { Colors } from 'picocolors/types.ts';
import { printable } from '../../functions/runtime/printable.ts';
import { elapsed } from '../../testbed/page/format.ts';
import type { LiveEvent } from '../journal/recorder.ts';

/** What a line is about, so that it can be coloured. */
export type LineTone = 'plain' | 'dim' | 'good' | 'bad' | 'warn' | 'strong';

/** One line of the live log. */
export interface LogLine {
  readonly atMs: number;
  readonly subject: string;
  readonly text: string;
  readonly tone: LineTone;
}

/**
 * Chooses what is worth a line: a state when a run enters it for the first time (polling loops would drown the rest),
 * a verdict when it changes, everything that changes a broker, a client or a fault.
 */
export class EventLines {
  readonly #seenStates = new Set<string>();
  readonly #lastVerdict = new Map<string, string>();

  lineFor(event: LiveEvent): LogLine | undefined {
    switch (event.type) {
      case 'step':
        // The next step's line says that this one is over.
        if (event.status === 'succeeded') return undefined;
        return event.status === 'started'
          ? { atMs: event.atMs, subject: 'step', text: event.text, tone: 'strong' }
          : { atMs: event.atMs, subject: 'step', text: `${event.text}: failed`, tone: 'bad' };
      case 'workflow': {
        const tone = event.status === 'RUNNING' ? 'plain' : event.status === 'SUCCEEDED' ? 'good' : 'bad';
        return { atMs: event.atMs, subject: event.run, text: event.status.toLowerCase(), tone };
      }
      case 'transition':
        return this.#transition(event.record);
      case 'broker': {
        const { brokerName, region, role, state, serves, atMs } = event.record;
        const text = `${brokerName} (${region}) is ${state}, ${role}, ${serves ? 'takes clients' : 'takes no clients'}`;
        return { atMs, subject: 'broker', text, tone: serves ? 'plain' : 'warn' };
      }
      case 'verdict': {
        const { pair, verdict, atMs } = event.record;
        if (this.#lastVerdict.get(pair) === verdict) return undefined;
        this.#lastVerdict.set(pair, verdict);
        return { atMs, subject: 'verdict', text: `${pair}: ${verdict}`, tone: 'strong' };
      }
      case 'log': {
        const { level, message, atMs, region } = event.record;
        if (level === 'info') return undefined;
        return {
          atMs,
          subject: event.record.function,
          text: `${message} (${region})`,
          tone: level === 'error' ? 'bad' : 'warn',
        };
      }
      case 'fault':
        return {
          atMs: event.atMs,
          subject: 'fault',
          text: `${event.description}${event.raised ? '' : ': over'}`,
          tone: event.raised ? 'bad' : 'good',
        };
      case 'client': {
        const { client, kind, reason, atMs } = event.notice;
        const text = kind === 'lost' ? `${client} cannot send (${reason})` : `${client} sends again`;
        return { atMs, subject: 'client', text, tone: kind === 'lost' ? 'warn' : 'good' };
      }
      case 'notification':
        return { atMs: event.record.atMs, subject: 'notification', text: event.record.subject, tone: 'warn' };
    }
  }

  #transition(record: Extract<LiveEvent, { type: 'transition' }>['record']): LogLine | undefined {
    if (record.kind === 'retried' || record.kind === 'caught') {
      const text = `${record.state} ${record.kind} ${record.error ?? 'an error'}`;
      return { atMs: record.atMs, subject: record.run, text, tone: 'warn' };
    }
    const key = `${record.run}/${record.state}`;
    if (record.kind !== 'entered' || this.#seenStates.has(key)) return undefined;
    this.#seenStates.add(key);
    return { atMs: record.atMs, subject: record.run, text: record.state, tone: 'dim' };
  }
}

/** The line as text: time since the start, subject, text. */
export const formatLine = (line: LogLine, startMs: number, colors: Colors): string => {
  const paint = {
    plain: (text: string) => text,
    dim: colors.dim,
    good: colors.green,
    bad: colors.red,
    warn: colors.yellow,
    strong: colors.bold,
  }[line.tone];
  const subject = printable(line.subject).padEnd(17);
  return `${colors.dim(elapsed(line.atMs - startMs))}  ${colors.cyan(subject)} ${paint(printable(line.text))}`;
};
