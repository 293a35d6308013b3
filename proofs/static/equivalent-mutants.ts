/** Mutants that break nothing: what they take away saves time and guards nothing. */
export const equivalentMutants: readonly {
  readonly machine: string;
  readonly name: string;
  readonly because: string;
}[] = [
  {
    machine: 'watch',
    name: 'no Choice 0 at ChooseFailure',
    because: 'people hear twice of a failover that failed: from its own run and from the watch',
  },
  {
    machine: 'failback',
    name: 'no Choice 0 at ChooseReconciled',
    because: 'messages that are reconciled are gone through once more, and nothing is found to remove',
  },
  {
    machine: 'unpair',
    name: 'no Choice 1 at ChooseRebooted',
    because: 'where no reboot is needed the run waits half a minute before it looks, and sees the same',
  },
];
