import type { Colors } from 'picocolors/types.ts';
import { printable } from '../../functions/runtime/printable.ts';
import { count, counted, dollars, duration } from '../../testbed/page/format.ts';
import type { GameDaySummary } from '../journal/summary.ts';

const reconciled = (
  totals: GameDaySummary['reconciliation'],
  row: (name: string, value: string) => string,
): readonly string[] => {
  if (totals === null) return [];
  const { duplicatesRemoved, orphansFound, residueFound, uncertain, contradictions } = totals;
  return [
    row(
      'reconciliation',
      `${count(duplicatesRemoved)} duplicates removed, ${count(orphansFound)} orphans, ${count(residueFound)} residue, ${count(uncertain)} uncertain`,
    ),
    ...(contradictions === 0 ? [] : [row('  against the accounting', `${count(contradictions)} contradictions`)]),
  ];
};

/** The last thing a game day prints: outcome, key figures, where the report is. */
export const summaryTable = (summary: GameDaySummary, colors: Colors): readonly string[] => {
  const { messages, unavailability, promotions, cost } = summary;
  const paint =
    summary.outcome === 'met' ? colors.green : summary.outcome === 'interrupted' ? colors.yellow : colors.red;
  const row = (name: string, value: string): string => `  ${colors.dim(name.padEnd(22))} ${value}`;
  const delays = promotions.flatMap((promotion) => promotion.detectionDelayMs ?? []);
  const traffic =
    messages.sent === 0
      ? []
      : [
          row('messages confirmed', count(messages.confirmed)),
          row('  took effect once', count(messages.processedOnce)),
          row(
            '  twice, lost, stranded',
            [messages.processedTwice + messages.unknownProcessedTwice, messages.lost, messages.stranded]
              .map(count)
              .join(', '),
          ),
          row(
            'unable to send',
            `longest ${duration(unavailability.sends.longestMs)}, ${duration(unavailability.sends.totalMs)} in all`,
          ),
        ];
  return [
    '',
    `${colors.bold(summary.scenario)} ${paint(colors.bold(summary.outcome))}`,
    ...summary.hypothesis.map(
      ({ probe, met, finding }) =>
        `  ${met ? colors.green('holds') : colors.red('does not hold')}  ${printable(probe)} ${colors.dim(`(${printable(finding)})`)}`,
    ),
    ...promotions.map((promotion) => {
      const gap = `gap ${duration(promotion.unavailableMs)}`;
      const noticed =
        promotion.detectionDelayMs === null ? 'not noticed' : `noticed after ${duration(promotion.detectionDelayMs)}`;
      return row(`${promotion.mode.toLowerCase()} of ${promotion.pair}`, `${gap}, ${noticed}`);
    }),
    ...unavailability.failovers.map(({ pair, firstSignalMs, agreementMs, promoteMs, firstMessageMs }) => {
      const parts = [
        ['to a signal', firstSignalMs],
        ['to agreement', agreementMs],
        ['to Promote', promoteMs],
        ['to a message', firstMessageMs],
      ] as const;
      const shown = parts.flatMap(([what, ms]) => (ms === null ? [] : [`${duration(ms)} ${what}`]));
      return row(`blackout of ${pair}`, shown.join(', '));
    }),
    ...(summary.pages.length === 0 ? [] : [row('pages', count(summary.pages.length))]),
    ...summary.refusals.map(({ run, codes }) => row(`${run} refused`, printable(codes.join(', ')))),
    ...(delays.length === 0 ? [] : [row('detection delay', `longest ${duration(Math.max(...delays))}`)]),
    ...traffic,
    ...reconciled(summary.reconciliation, row),
    row(
      'workflows',
      `${counted(summary.workflows.length, 'run')}, ${counted(cost.stateTransitions, 'transition')}, about ${dollars(cost.usd)}`,
    ),
    row('time', `${duration(summary.virtualMs)} virtual in ${duration(summary.wallMs)}`),
    row('report', summary.files.html),
    row('', summary.files.markdown),
    row('', summary.files.journal),
  ];
};
