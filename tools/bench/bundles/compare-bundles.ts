import { statSync } from 'node:fs';
import { relative } from 'node:path';
import type { Bundles } from '../../../infra/constructs/bundles.ts';
import { projectRoot } from '../../../infra/project-root.ts';
import { bareHandler } from './bare-handler.ts';
import { buildBareHandlers } from './build-bare-handlers.ts';
import { type BundleParts, bundleParts } from './bundle-parts.ts';

/** The bundle of one function, and that of a bare handler with the same clients. */
export interface ComparedBundle {
  readonly function: string;
  readonly file: string;
  readonly kib: number;
  readonly amqp: boolean;
  /** Absent for a function without a client: there is nothing to be had for nothing. */
  readonly bare?: { readonly file: string; readonly sizeRatio: number };
}

const bytesPerKib = 1_024;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

const partsIn = ({ metafile }: Bundles, file: string): BundleParts => {
  const output = metafile.outputs[relative(projectRoot, file)];
  if (output === undefined) throw new TypeError(`esbuild does not account for ${file}`);
  return bundleParts(output);
};

/**
 * Compares every function with a bare handler.
 *
 * @param specs functions by name and entry, all of them in `bundles`
 * @param folder where bare handlers are written to
 */
export const compareBundles = async (
  specs: readonly { readonly name: string; readonly entry: string }[],
  bundles: Bundles,
  folder: string,
): Promise<readonly ComparedBundle[]> => {
  const found = specs.map(({ name, entry }) => {
    const file = bundles.fileOf(entry);
    const parts = partsIn(bundles, file);
    return { name, file, ...parts, bare: parts.clients.size === 0 ? undefined : bareHandler(parts) };
  });
  const sources = [...new Set(found.flatMap(({ bare }) => bare ?? []))];
  const files = await buildBareHandlers(sources, folder);
  return found.map(({ name, file, amqp, bare }) => {
    const bytes = statSync(file).size;
    const bareFile = bare === undefined ? undefined : files[sources.indexOf(bare)];
    return {
      function: name,
      file,
      kib: round(bytes / bytesPerKib, 1),
      amqp,
      ...(bareFile !== undefined && {
        bare: { file: bareFile, sizeRatio: round(bytes / statSync(bareFile).size, 3) },
      }),
    };
  });
};
