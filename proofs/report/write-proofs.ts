import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProofResult, proofNames } from '../runner/proof-result.ts';
import { proofsPage } from './proofs-page.ts';

const readResult = async (folder: string, proof: string): Promise<readonly ProofResult[]> => {
  try {
    return [JSON.parse(await readFile(join(folder, `${proof}.json`), 'utf8')) as ProofResult];
  } catch {
    // Not run yet, or cut short: the page goes without it.
    return [];
  }
};

/** Writes `<proof>.json`, and one page of all proofs whose results lie in the folder; the page's path. */
export const writeProof = async (folder: string, result: ProofResult): Promise<string> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${result.proof}.json`), `${JSON.stringify(result, null, 1)}\n`);
  const results: ProofResult[] = [];
  for (const proof of proofNames) results.push(...(await readResult(folder, proof)));
  const page = join(folder, 'index.html');
  await writeFile(page, proofsPage(results));
  return page;
};
