import { parseObject } from '../runtime/parse-object.ts';
import type { ConsumerHold } from './consumer-hold.ts';
import type { Intent } from './intent.ts';

/** What a run was about: a pair or a cluster, when its input names one. */
export interface RunSubject {
  readonly pair?: string;
  readonly cluster?: string;
}

/** Pair and cluster that a run's input names; an input that was refused may name anything. @param input JSON text */
export const subjectOfInput = (input: string): RunSubject => {
  const { pair, cluster } = parseObject(input);
  return {
    ...(typeof pair === 'string' && { pair }),
    ...(typeof cluster === 'string' && { cluster }),
  };
};

/** What a run that has ended still has. */
export interface LeftBehind {
  /** Scopes whose lock it owns, the watch of its pair included. */
  readonly lockedScopes: readonly string[];
  /** The promotion that it has asked for and not settled. */
  readonly promotion: Intent | undefined;
  /** The consumers that it holds in its Region. */
  readonly hold: ConsumerHold | undefined;
}

/** Whether there is anything of a run left. */
export const isAnything = ({ lockedScopes, promotion, hold }: LeftBehind): boolean =>
  lockedScopes.length > 0 || promotion !== undefined || hold !== undefined;
