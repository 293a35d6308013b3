import { answered } from './answers.ts';
import type { FunctionFacts } from './fact.ts';

/** Functions of watch. */
export const watchFacts: Readonly<Record<string, FunctionFacts>> = {
  'take-watch': {
    role: 'record',
    answers: { taken: [true, false] },
    endings: { taken: { false: ['AlreadyWatched'] } },
    takes: { held: 'watch', unlessAnswer: [answered('take-watch', 'taken', false)] },
  },
  'evaluate-signals': {
    role: 'look',
    needs: 'watch',
    answers: { decision: ['failover', 'cleared', 'page', 'wait', 'lost'] },
    pending: { field: 'decision', values: ['wait'] },
    endings: {
      decision: {
        cleared: ['Cleared'],
        lost: ['AlreadyWatched'],
        page: ['Paged'],
        failover: ['FailoverStarted', 'Paged'],
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
  'report-watch': { role: 'report' },
  'release-watch': {
    role: 'record',
    gives: ['watch'],
    mayFail: 'a lease that cannot be given back expires',
    failsSilently: true,
  },
};
