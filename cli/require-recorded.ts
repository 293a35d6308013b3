import { didYouMean } from '../functions/runtime/nearest-name.ts';
import type { Control } from './control.ts';
import { OperatorError } from './operator-error.ts';

/** What an item is about: its scope in the table, and its name for people. */
export interface Subject {
  readonly scope: string;
  readonly name: string;
}

/**
 * Makes sure that the table knows the subject: what is written about a misspelt name has no effect on the right one.
 *
 * @throws OperatorError with the nearest name; errors of reading the table
 */
export const requireRecorded = async (control: Control, { scope, name }: Subject): Promise<void> => {
  if ((await control.items.keys(scope)).length > 0) return;
  const kind = scope.slice(0, -name.length);
  const scopes = new Set((await control.items.keys()).map((key) => key.scope).filter((each) => each.startsWith(kind)));
  const names = [...scopes].map((each) => each.slice(kind.length));
  throw OperatorError.refused(
    `nothing is recorded about "${name}"${didYouMean(name, names)}; if the name is right, add --yes. Nothing was changed.`,
  );
};
