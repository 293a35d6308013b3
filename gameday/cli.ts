import { env, exit, stderr, stdout } from 'node:process';
import { runCommand } from './experiment/command.ts';
import { argumentsByNpm } from './experiment/npm-arguments.ts';

const interrupt = new AbortController();

/** The first Ctrl-C ends the run with a report, the second one ends the process. */
const onSignal = (): void => {
  if (interrupt.signal.aborted) {
    stdout.write('\u001b[?25h');
    exit(3);
  }
  stderr.write('\ninterrupted: writing the report of what happened so far; once more to stop at once\n');
  interrupt.abort();
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
process.on('SIGHUP', onSignal);

process.exitCode = await runCommand([...argumentsByNpm(env), ...process.argv.slice(2)], {
  screen: {
    write: (text) => stdout.write(text),
    isTty: stdout.isTTY === true,
    columns: () => stdout.columns ?? 80,
    colour: stdout.isTTY === true && (env.NO_COLOR ?? '') === '',
  },
  writeError: (text) => stderr.write(text),
  interrupt: interrupt.signal,
  now: () => new Date(),
});
// Sockets of embedded brokers and clients that a run left open must not keep the process.
exit();
