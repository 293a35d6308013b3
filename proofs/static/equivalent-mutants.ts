/** Mutants that break nothing: what they take away saves time and guards nothing. */
export const equivalentMutants: readonly {
  readonly machine: string;
  readonly name: string;
  readonly because: string;
}[] = [
  {
    machine: 'watch',
    name: 'no Choice 0 at ChooseFailure',
    because: 'operators are notified twice of a failover that failed: by its own run and by the watch',
  },
  ...['no Choice 4 at ChooseDecision', 'no such state at ReportHeldBack'].map((name) => ({
    machine: 'watch',
    name,
    because: 'operators are told only at the end of the watch what held its failover back; nothing else changes',
  })),
  {
    machine: 'failback',
    name: 'no Choice 0 at ChooseReconciled',
    because: 'reconciled messages are scanned once more, and nothing is found to remove',
  },
  {
    machine: 'unpair',
    name: 'no Choice 1 at ChooseRebooted',
    because: 'where no reboot is needed the run waits half a minute before it polls, and sees the same',
  },
];
