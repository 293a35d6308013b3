/** Options of a game day that npm has no use for itself, and so takes from its own command line without a word. */
const takenByNpm = ['list', 'scenario', 'seed', 'pace', 'out', 'without-ledger'] as const;

/**
 * Options that were given without the `--` that npm wants before a script's own, as in `npm run gameday --list`: npm keeps
 * them as settings of its own and hands them on as environment variables.
 * https://docs.npmjs.com/cli/v11/using-npm/config#environment-variables
 */
export const argumentsByNpm = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  takenByNpm.flatMap((name) => {
    const value = environment[`npm_config_${name.replaceAll('-', '_')}`];
    if (value === undefined || value === '') return [];
    return [value === 'true' ? `--${name}` : `--${name}=${value}`];
  });
