import type { CliIo } from './cli-io.ts';
import { OperatorError } from './operator-error.ts';

/**
 * Has the operator type a name before something that clients will feel.
 *
 * @param what one sentence that says what would happen
 * @param word what to type: the pair's name, or `all`
 * @throws OperatorError without a terminal, or when something else was typed
 */
export const confirm = async (
  what: string,
  word: string,
  options: { readonly yes: boolean },
  io: CliIo,
): Promise<void> => {
  if (options.yes) return;
  if (!io.interactive) {
    throw OperatorError.usage(`${what} There is no terminal to confirm it on: add --yes. Nothing was done.`);
  }
  const typed = await io.ask(`${what}\nType ${word} to go on: `);
  if (typed !== word) throw OperatorError.usage(`"${typed}" is not "${word}". Nothing was done.`);
};
