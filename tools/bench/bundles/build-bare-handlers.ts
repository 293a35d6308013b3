import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundleOptions } from '../../../infra/constructs/bundles.ts';
import { projectRoot } from '../../../infra/project-root.ts';

const namespace = 'bare';

/** Gives esbuild entries that are no files, and resolves what they import as from the project. */
const virtualEntries = (sources: readonly string[]): Plugin => ({
  name: 'bare-handlers',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^bare:\d+$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: sources[Number(path.slice(`${namespace}:`.length))] ?? '',
      loader: 'js',
      resolveDir: projectRoot,
    }));
  },
});

/**
 * Bundles bare handlers with the options of the functions, and with the SDK as it is published: what a function costs
 * that somebody writes without further thought.
 *
 * @returns the file of each, in the order of `sources`
 */
export const buildBareHandlers = async (sources: readonly string[], folder: string): Promise<readonly string[]> => {
  await build({
    ...bundleOptions,
    plugins: [virtualEntries(sources)],
    absWorkingDir: projectRoot,
    entryPoints: sources.map((_source, index) => ({ in: `${namespace}:${index}`, out: String(index) })),
    outdir: folder,
  });
  return sources.map((_source, index) => join(folder, `${index}.mjs`));
};
