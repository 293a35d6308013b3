import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { EnvironmentRecord } from '../journal/journal.ts';

/** Packages whose version can change what a run does. */
const decisive = ['@aws-sdk/client-mq', '@aws-sdk/client-sfn', 'jsonata', 'rhea', 'dynalite'];

const packageSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

/**
 * What a run is made of, from package.json and the process.
 *
 * @param options further options that change what the run does
 */
export const describeEnvironment = async (
  scenario: string,
  seed: number,
  options: readonly string[],
): Promise<Omit<EnvironmentRecord, 'wall'>> => {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version, dependencies, devDependencies } = packageSchema.parse(JSON.parse(text));
  const versions = new Map(Object.entries({ ...devDependencies, ...dependencies }));
  return {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    scenario,
    seed,
    command: ['npm run gameday -- --scenario', scenario, '--seed', seed, ...options].join(' '),
    packages: Object.fromEntries(decisive.map((name) => [name, versions.get(name) ?? 'absent'])),
  };
};
