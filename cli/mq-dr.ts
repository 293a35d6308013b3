import { exit, stdout } from 'node:process';
import { hostIo } from './host-io.ts';
import { runCommand } from './run-command.ts';

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read has seen enough, as in `mq-dr status | head`; a run that was followed goes on without us.
  if (error.code === 'EPIPE') exit();
  throw error;
});

process.exitCode = await runCommand(process.argv.slice(2), hostIo());
