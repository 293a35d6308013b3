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
