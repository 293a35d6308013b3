import { readFile, writeFile } from 'node:fs/promises';
import { stderr, stdout } from 'node:process';
import { adviceFor, describeFailure } from '../../cli/describe-failure.ts';
import { hostIo } from '../../cli/host-io.ts';
import { UsageError } from '../../cli/parse-command.ts';
import { DrError } from '../../functions/runtime/errors.ts';
import { ConfigurationError } from '../../infra/config/config-issues.ts';
import { parseVerifyArguments } from './options.ts';
import { runVerify } from './run-verify.ts';
import { VerifyError } from './verify-error.ts';

/** What a person reads when it could not look. Nothing of it is a stack trace, unless the fault is our own. */
const messageOf = (error: unknown): string => {
  const speaksForItself =
    error instanceof UsageError || error instanceof VerifyError || error instanceof ConfigurationError;
  if (speaksForItself) return error.message;
  if (error instanceof DrError) {
    const advice = adviceFor(error);
    return `${error.name}: ${error.message}${advice === undefined ? '' : `; ${advice}`}`;
  }
  const { name, message } = describeFailure(error);
  return `${name}: ${message}`;
};

try {
  const options = parseVerifyArguments(process.argv.slice(2));
  const { json, lines } = await runVerify(options, {
    runtime: hostIo().runtime,
    readFile: (path) => readFile(path, 'utf8'),
    writeNewFile: (path, text) => writeFile(path, text, { flag: 'wx' }),
  });
  stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${lines.join('\n')}\n`);
} catch (error) {
  const isHelp = error instanceof UsageError && error.exitCode === 0;
  (isHelp ? stdout : stderr).write(`${messageOf(error)}\n`);
  process.exitCode = isHelp ? 0 : 1;
}
