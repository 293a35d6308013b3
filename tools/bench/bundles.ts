import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functions } from '../../infra/catalogue.ts';
import { Bundles } from '../../infra/constructs/bundles.ts';
import { compareBundles } from './bundles/compare-bundles.ts';
import { importTimeMs } from './bundles/import-time.ts';
import { exceededLimits, type MeasuredBundle } from './bundles/limits.ts';

/** Imports of each bundle whose median can be held to a limit. */
const fewestRounds = 3;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/**
 * Sizes and import times of every function's bundle.
 *
 * @param rounds fresh processes for each bundle; all bundles take their turns, so that a busy moment meets both sides
 * @param onExceeded told what is beyond a limit
 */
export const benchBundles = async (
  rounds: number,
  onProgress: (text: string) => void,
  onExceeded: (text: string) => void,
): Promise<{ readonly functions: readonly MeasuredBundle[] }> => {
  const folder = mkdtempSync(join(tmpdir(), 'mq-dr-bare-'));
  try {
    onProgress('bundling');
    const bundles = await Bundles.of(functions.map(({ entry }) => entry));
    const compared = await compareBundles(functions, bundles, folder);
    const files = [...new Set(compared.flatMap(({ file, bare }) => (bare === undefined ? [] : [file, bare.file])))];
    const times = new Map<string, number[]>(files.map((file) => [file, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const [index, file] of files.entries()) {
        onProgress(`round ${round} of ${rounds}, import ${index + 1} of ${files.length}`);
        times.get(file)?.push(await importTimeMs(file));
      }
    }
    const timeOf = (file: string): number => median(times.get(file) ?? []);
    const measured = compared.map(({ function: name, file, kib, bare, amqp }) => {
      const coldRatio = bare === undefined ? null : Number((timeOf(file) / timeOf(bare.file)).toFixed(3));
      return { amqp, figures: { function: name, kib, sizeRatio: bare?.sizeRatio ?? null, coldRatio } };
    });
    for (const { figures, amqp } of measured) {
      // The time of a single import says more about the host than about the bundle.
      exceededLimits(rounds < fewestRounds ? { ...figures, coldRatio: null } : figures, amqp).forEach(onExceeded);
    }
    return { functions: measured.map(({ figures }) => figures) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
