/** Mutants that break nothing: what they take away saves time and guards nothing. */
export const equivalentMutants: readonly {
  readonly machine: string;
  readonly name: string;
  readonly because: string;
}[] = [
  {
    machine: 'unpair',
    name: 'no Choice 1 at ChooseRebooted',
    because: 'where no reboot is needed the run waits half a minute before it looks, and sees the same',
  },
];
