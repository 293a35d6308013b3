import { answered } from './answers.ts';
import type { FunctionContract } from './contract.ts';

/** Functions of watch. */
export const watchContracts: Readonly<Record<string, FunctionContract>> = {
  'take-watch': {
    role: 'record',
    answers: { taken: [true, false] },
    endings: { taken: { false: ['AlreadyWatched'] } },
    takes: { held: 'watch', unlessAnswer: [answered('take-watch', 'taken', false)] },
  },
  'evaluate-signals': {
    role: 'read',
    needs: 'watch',
    answers: { decision: ['failover', 'cleared', 'page', 'stopped', 'wait', 'lost'] },
    pending: { field: 'decision', values: ['stopped', 'wait'] },
    endings: {
      decision: {
        cleared: ['Cleared'],
        lost: ['AlreadyWatched'],
        page: ['Paged'],
      },
    },
    counts: { path: 'watch.looks', argument: 'watch.looks', unless: answered('evaluate-signals', 'decision', 'lost') },
    changes: [
      {
        answer: answered('evaluate-signals', 'decision', 'lost'),
        drops: 'watch',
        because: 'another execution has taken the watch over',
      },
    ],
  },
  'report-watch': {
    role: 'report',
    mayFail: 'a watch that is held back goes on, and reports that again at its end',
    failsSilently: true,
  },
  'release-watch': {
    role: 'record',
    releases: ['watch'],
    mayFail: 'a lease that cannot be released expires',
    failsSilently: true,
  },
};
