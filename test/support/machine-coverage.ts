import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { MachineCoverage } from '../../simulator/engine/coverage/coverage.ts';
import type { Engine } from '../../simulator/engine/engine.ts';

/** Environment variable that names the folder for coverage records; without it nothing is written. */
const coverageDirectoryVariable = 'MQ_DR_COVERAGE_DIR';

/**
 * Collects what engines have visited while the tests of a file ran. Call it once at the top of a test file, and the
 * function it returns for each engine:
 *
 *     const cover = trackMachineCoverage();
 *     it('…', async () => { const engine = cover(new Engine(…)); … });
 *
 * At the end of the file it writes one JSON file of the shape `CoverageRecord[]`, an entry for each engine.
 */
export const trackMachineCoverage = (): (<E extends Pick<Engine, 'coverage'>>(engine: E) => E) => {
  const engines: Pick<Engine, 'coverage'>[] = [];
  afterAll(() => {
    const directory = process.env[coverageDirectoryVariable];
    if (directory === undefined) return;
    const file = `${basename(expect.getState().testPath ?? 'unknown')}-${process.pid}.json`;
    const records: Readonly<Record<string, MachineCoverage>>[] = engines.map((engine) => engine.coverage());
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, file), JSON.stringify(records));
  });
  return (engine) => {
    engines.push(engine);
    return engine;
  };
};
