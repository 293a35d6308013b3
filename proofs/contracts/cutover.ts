import type { FunctionContract } from './contract.ts';

/** Functions around a promotion. */
export const cutoverContracts: Readonly<Record<string, FunctionContract>> = {
  'hold-consumers': {
    role: 'step',
    answers: { outcome: ['live', 'held', 'dry-run', 'pending', 'not-configured', 'refused'] },
    inDryRun: { outcome: ['live', 'dry-run', 'held', 'pending', 'not-configured', 'refused'] },
    pending: { field: 'outcome', values: ['pending'] },
    endings: { outcome: { refused: ['Refused'] } },
    takes: { held: 'consumers' },
  },
  'release-consumers': {
    role: 'step',
    answers: { outcome: ['live', 'released', 'pending', 'not-configured', 'failed', 'refused'] },
    releases: ['consumers', 'after-promotion: consumers'],
    mayFail: 'the broker serves already; a warning says what is missing',
    failsSilently: true,
  },
  'publish-endpoint': { role: 'step', mayFail: 'the broker serves already; a warning says what is missing' },
  'record-fence': { role: 'record', mayFail: 'the broker serves already; a warning says what is missing' },
  'undo-fencing': {
    role: 'step',
    answers: { outcome: ['not-fenced', 'undone', 'pending', 'failed', 'refused'] },
    pending: { field: 'outcome', values: ['pending'] },
    mayFail: 'the broker serves already; a warning says what is missing',
  },
};
