import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { stderr, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { SFNClient } from '@aws-sdk/client-sfn';
import { clientTimeouts, currentRuntime } from '../functions/runtime/runtime.ts';
import type { CliIo } from './cli-io.ts';
import { ServiceClock } from './service-clock.ts';

const ask = async (question: string): Promise<string> => {
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
};

/** The process itself: its terminal, its user, and the SDK's own rules for credentials, Region and endpoints. */
export const hostIo = (): CliIo => {
  const host = currentRuntime();
  const clock = new ServiceClock(host.clock);
  // A client makes the SDK's own handler out of the time-outs, and knows the SDK's rules for the Region.
  const { config } = new SFNClient({ requestHandler: clientTimeouts });
  return {
    runtime: { ...host, clock, aws: { requestHandler: clock.listeningTo(config.requestHandler) } },
    write: (text) => stdout.write(text),
    writeError: (text) => stderr.write(text),
    interactive: stdin.isTTY === true,
    ask,
    readFile: (path) => readFile(path, 'utf8'),
    userName: userInfo().username,
    defaultRegion: () => config.region(),
  };
};
