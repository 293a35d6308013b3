import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineDocument } from '../simulator/engine/conformance/engine-document.ts';
import { loadVectors } from '../simulator/engine/conformance/load-vectors.ts';
import { deviationsOf } from '../simulator/engine/conformance/run-vector.ts';

/** Runs all conformance vectors, and writes docs/engine.md from them if every one holds. */
const groups = loadVectors();
const broken: string[] = [];
for (const { title, vectors } of groups) {
  for (const vector of vectors) {
    const deviations = await deviationsOf(vector);
    if (deviations.length > 0) broken.push(`${title}: ${vector.claim}\n  ${deviations.join('\n  ')}`);
  }
}
if (broken.length > 0) {
  process.stderr.write(`${broken.join('\n')}\ndocs/engine.md was not written: these vectors do not hold.\n`);
  process.exitCode = 1;
} else {
  writeFileSync(join(import.meta.dirname, '../docs/engine.md'), engineDocument(groups));
}
