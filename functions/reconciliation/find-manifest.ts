import { NotFound } from '../runtime/errors.ts';
import { type Manifest, manifestKey, readManifest } from './manifest.ts';
import type { TextStore } from './text-store.ts';

/**
 * The manifest that an input names, or that there is none of that name; undefined when it names none.
 *
 * @throws InvalidInput for one whose content was changed, errors of the store
 */
export const findManifest = async (
  pair: string,
  hash: string | undefined,
  store: Pick<TextStore, 'get'>,
): Promise<{ readonly hash: string; readonly found: Manifest | undefined } | undefined> => {
  if (hash === undefined) return undefined;
  const text = await store.get(manifestKey(pair, hash));
  return { hash, found: text === undefined ? undefined : readManifest(text, hash) };
};

/** The manifest that an earlier step found. @throws NotFound when it is gone, and as `findManifest` */
export const takeManifest = async (pair: string, hash: string, store: Pick<TextStore, 'get'>): Promise<Manifest> => {
  const manifest = (await findManifest(pair, hash, store))?.found;
  if (manifest !== undefined) return manifest;
  throw new NotFound(`manifest ${hash} of pair "${pair}" is gone: make a new one with mode "report"`, { pair, hash });
};
