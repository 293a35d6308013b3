import { readFile, writeFile } from 'node:fs/promises';
import { stderr, stdout } from 'node:process';
import { describeFailure } from '../cli/describe-failure.ts';
import { hostSurroundings } from '../cli/host-surroundings.ts';
import { ConfigurationError } from '../infra/config-issues.ts';
import { parseVerifyArguments, UsageError } from './options.ts';
import { runVerify } from './run-verify.ts';
import { VerifyError } from './verify-error.ts';

/** Whether the message says it all, without its name. */
const speaksForItself = (error: unknown): error is Error =>
  error instanceof UsageError || error instanceof VerifyError || error instanceof ConfigurationError;

try {
  const options = parseVerifyArguments(process.argv.slice(2));
  const { json, lines } = await runVerify(options, {
    runtime: hostSurroundings().runtime,
    readFile: (path) => readFile(path, 'utf8'),
    writeNewFile: (path, text) => writeFile(path, text, { flag: 'wx' }),
  });
  stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${lines.join('\n')}\n`);
} catch (error) {
  const isHelp = error instanceof UsageError && error.exitCode === 0;
  if (speaksForItself(error)) (isHelp ? stdout : stderr).write(`${error.message}\n`);
  else {
    const { name, message } = describeFailure(error);
    stderr.write(`${name}: ${message}\n`);
  }
  process.exitCode = isHelp ? 0 : 1;
}
