import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const script = `
const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1_000));
`;

/**
 * Imports a bundle in a Node process of its own. Processor time counts: a cold start has a share of a processor and
 * waits for so much of it, and a busy machine does not change it.
 *
 * @returns milliseconds of processor time
 */
export const importTimeMs = async (bundle: string): Promise<number> => {
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', script, pathToFileURL(bundle).href],
    // Nothing of this machine, such as options for Node.
    { env: { AWS_REGION: 'us-east-1' } },
  );
  return Number(stdout);
};
