import type { Colors } from 'picocolors/types.ts';
import { printable } from '../../functions/runtime/printable.ts';
import { count, duration, elapsed } from '../../testbed/page/format.ts';
import type { BrokerView } from '../../testbed/pair.ts';
import type { LiveView } from '../experiment/run-game-day.ts';
import type { LiveEvent } from '../journal/recorder.ts';

/** How long a state of a broker usually lasts, in virtual milliseconds (docs/amazon-mq.md 2 and 7). */
const usualMs: Readonly<Record<string, number>> = {
  CREATION_IN_PROGRESS: 25 * 60_000,
  REBOOT_IN_PROGRESS: 5 * 60_000,
  DELETION_IN_PROGRESS: 5 * 60_000,
};

/** Verdicts about replication, apart from those of gates. */
const replicationVerdicts = new Set([
  'exchanged',
  'draining',
  'steady',
  'lagging',
  'frozen',
  'absent',
  'contradictory',
]);

/** What the status block knows from events: what each run and broker is in, and since when. */
export class LiveState {
  readonly #states = new Map<string, { readonly state: string; readonly sinceMs: number }>();
  readonly #brokerSince = new Map<string, number>();
  readonly #verdicts = new Map<string, string>();
  #step: { readonly text: string; readonly sinceMs: number } | undefined;

  apply(event: LiveEvent): void {
    if (event.type === 'transition' && event.record.kind === 'entered') {
      this.#states.set(event.record.run, { state: event.record.state, sinceMs: event.record.atMs });
    } else if (event.type === 'workflow' && event.status !== 'RUNNING') {
      this.#states.delete(event.run);
    } else if (event.type === 'broker') {
      this.#brokerSince.set(event.record.brokerId, event.record.atMs);
    } else if (event.type === 'verdict' && replicationVerdicts.has(event.record.verdict)) {
      this.#verdicts.set(event.record.pair, event.record.verdict);
    } else if (event.type === 'step') {
      this.#step = event.status === 'started' ? { text: event.text, sinceMs: event.atMs } : undefined;
    }
  }

  /** The block's lines, not yet cut to the terminal's width. */
  lines(view: LiveView, colors: Colors): readonly string[] {
    const label = (text: string): string => colors.dim(text.padEnd(9));
    const step = this.#step;
    const lines = [
      colors.dim('─'.repeat(60)),
      `${label('virtual')} ${colors.bold(elapsed(view.nowMs - view.startMs))}${step === undefined ? '' : `   ${printable(step.text)}, for ${duration(view.nowMs - step.sinceMs)}`}`,
    ];
    for (const [run, { state, sinceMs }] of this.#states) {
      lines.push(`${label('workflow')} ${run}: ${state}, for ${duration(view.nowMs - sinceMs)}`);
    }
    for (const broker of view.brokers) lines.push(`${label('broker')} ${this.#broker(broker, view.nowMs, colors)}`);
    const lag = lagText(view.brokers);
    if (lag !== '') {
      const verdicts = [...this.#verdicts].map(([pair, verdict]) => `${pair} ${verdict}`).join(', ');
      lines.push(`${label('lag')} ${lag}${verdicts === '' ? '' : colors.dim(`   verdict: ${verdicts}`)}`);
    }
    if (view.counters !== undefined) {
      const { sent, confirmed, processed } = view.counters;
      lines.push(
        `${label('messages')} ${count(sent)} sent, ${count(confirmed)} confirmed, ${count(processed)} processed`,
      );
    }
    return lines;
  }

  #broker(broker: BrokerView, nowMs: number, colors: Colors): string {
    const serves = broker.serves ? colors.green('takes clients') : colors.yellow('closed');
    const text = `${broker.brokerName} (${broker.region}) ${broker.role}, ${serves}, ${count(broker.messages)} stored`;
    const usual = usualMs[broker.state];
    if (usual === undefined) return text;
    const spentMs = nowMs - (this.#brokerSince.get(broker.brokerId) ?? nowMs);
    const what = broker.state.toLowerCase().replaceAll('_', ' ');
    return `${broker.brokerName} ${what} ${progressBar(spentMs / usual, 20)} ${duration(spentMs)} of about ${duration(usual)}`;
  }
}

const lagText = (brokers: readonly BrokerView[]): string => {
  const text = (name: string, value: number | undefined): readonly string[] =>
    value === undefined ? [] : [`${name} ${(value / 1_000).toFixed(1)} s`];
  const primary = brokers.find((broker) => broker.role === 'primary');
  if (primary === undefined) return '';
  const { totalReplicationLagMs, primaryWaitTimeMs, replicationQueueSize } = primary.gauges;
  const backlog = replicationQueueSize === undefined ? [] : [`backlog ${count(replicationQueueSize)}`];
  const parts = [...text('total', totalReplicationLagMs), ...text('wait', primaryWaitTimeMs), ...backlog];
  return parts.length === 0 ? 'gauges are absent' : parts.join(', ');
};

/** `████████░░░░` with `width` characters; a part beyond 1 is a full bar. */
export const progressBar = (part: number, width: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, part)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
};
