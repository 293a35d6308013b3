import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { unknownName } from './problems.ts';

/** The scenarios that come with mq-dr. */
const scenarioFolder = fileURLToPath(new URL('../../scenarios/', import.meta.url));

/** No scenario has the name that was asked for. */
export class UnknownScenarioError extends Error {
  override readonly name = 'UnknownScenarioError';

  constructor(wrong: string, names: readonly string[]) {
    super(`${unknownName('scenario', wrong, names)} A path to a file ends in .yaml or .yml.`);
  }
}

/** Names of the scenarios that come with mq-dr, in alphabetical order. */
export const scenarioNames = async (): Promise<readonly string[]> =>
  (await readdir(scenarioFolder))
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort();

/** Where a scenario is: the file of a known name, or the path that was given. @throws UnknownScenarioError */
export const findScenario = async (asked: string): Promise<{ readonly name: string; readonly file: string }> => {
  if (/\.ya?ml$/.test(asked)) return { name: basename(asked, extname(asked)), file: asked };
  const names = await scenarioNames();
  if (!names.includes(asked)) throw new UnknownScenarioError(asked, names);
  return { name: asked, file: join(scenarioFolder, `${asked}.yaml`) };
};

/** Name and title of every scenario that comes with mq-dr. */
export const listScenarios = async (): Promise<readonly { readonly name: string; readonly title: string }[]> => {
  const names = await scenarioNames();
  const listed: { name: string; title: string }[] = [];
  for (const name of names) {
    const title = parseDocument(await readFile(join(scenarioFolder, `${name}.yaml`), 'utf8')).get('title');
    listed.push({ name, title: String(title) });
  }
  return listed;
};
