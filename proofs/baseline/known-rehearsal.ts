import { rehearsals } from '../baselines/rehearsals.ts';
import type { Played } from './play.ts';

/** A rehearsal that was played without any disturbance. */
export interface KnownRehearsal<A extends { readonly played: Played } = { readonly played: Played }> {
  readonly machine: string;
  readonly rehearsal: string;
  readonly answer: A;
}

/** Outcome of a rehearsal's last run; undefined where it fails. */
export const wantedOutcome = ({ answer: { played } }: KnownRehearsal): string | undefined =>
  (played.recovery ?? played.first).outcome;

/** Whether a rehearsal is the one to disturb a state in. */
const isMeantFor = ({ machine, rehearsal }: KnownRehearsal, state: string): boolean =>
  rehearsals.find((each) => each.machine === machine && each.name === rehearsal)?.shows?.includes(state) === true;

/** The rehearsal to disturb a state in: the one that is meant for it, or else the first that enters it. */
export const rehearsalFor = <K extends KnownRehearsal>(rehearsed: readonly K[], state: string): K | undefined => {
  const entering = rehearsed.filter(({ answer }) => answer.played.enteredAfter[state] !== undefined);
  return entering.find((known) => isMeantFor(known, state)) ?? entering[0];
};
