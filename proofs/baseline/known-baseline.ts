import { baselines } from '../baselines/all.ts';
import type { Played } from './play.ts';

/** A baseline that was played without any disturbance. */
export interface KnownBaseline<A extends { readonly played: Played } = { readonly played: Played }> {
  readonly machine: string;
  readonly baseline: string;
  readonly answer: A;
}

/** Outcome of a baseline's last run; undefined where it fails. */
export const wantedOutcome = ({ answer: { played } }: KnownBaseline): string | undefined =>
  (played.recovery ?? played.first).outcome;

/** Whether a baseline is the one to disturb a state in. */
const isMeantFor = ({ machine, baseline }: KnownBaseline, state: string): boolean =>
  baselines.find((each) => each.machine === machine && each.name === baseline)?.shows?.includes(state) === true;

/** The baseline to disturb a state in: the one that is meant for it, or else the first that enters it. */
export const baselineFor = <K extends KnownBaseline>(played: readonly K[], state: string): K | undefined => {
  const entering = played.filter(({ answer }) => answer.played.enteredAfter[state] !== undefined);
  return entering.find((known) => isMeantFor(known, state)) ?? entering[0];
};
