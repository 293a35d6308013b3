import { stderr, stdout } from 'node:process';
import { UsageError } from '../cli/parse-command.ts';
import { serveLines, serveScenario } from './experiment/serve.ts';
import { parseServeArguments } from './experiment/serve-options.ts';

const stopped = Promise.withResolvers<void>();
process.once('SIGINT', () => stopped.resolve());
process.once('SIGTERM', () => stopped.resolve());

try {
  const request = parseServeArguments(process.argv.slice(2));
  const tell = (atMs: number, text: string): void => {
    if (!request.json) stdout.write(`${new Date(atMs).toISOString()}  ${text}\n`);
  };
  // The tool's own clock is the wall clock, so the test bed begins there too.
  const served = await serveScenario(request, Date.now(), {
    statusChange: ({ region, detail }) =>
      tell(
        detail.stopDate ?? detail.redriveDate ?? detail.startDate,
        `${detail.stateMachineArn.split(':').at(-1)} in ${region}: ${detail.status}`,
      ),
    notification: ({ atMs, region, subject = '', message }) => tell(atMs, `page in ${region}: ${subject}\n${message}`),
  });
  const { endpoint, environment, references } = served;
  if (request.json) stdout.write(`${JSON.stringify({ url: endpoint.url, environment, references })}\n`);
  else stdout.write(`${serveLines(served).join('\n')}\n`);
  await stopped.promise;
  await served.testbed.close();
} catch (error) {
  const help = error instanceof UsageError && error.exitCode === 0;
  (help ? stdout : stderr).write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = help ? 0 : 1;
}
