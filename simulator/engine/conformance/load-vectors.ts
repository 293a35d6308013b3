import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { type VectorGroup, vectorGroup } from './vector.ts';

const folder = resolve(import.meta.dirname, 'vectors');

/**
 * All conformance vectors of the engine, group by group in the order of their files' names.
 *
 * @throws Error naming the file and everything that is wrong in it
 */
export const loadVectors = (): readonly VectorGroup[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const document: unknown = parse(readFileSync(resolve(folder, name), 'utf8'), { merge: true });
      const parsed = vectorGroup.safeParse(document);
      if (parsed.success) return parsed.data;
      const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      throw new Error(`${name} does not hold conformance vectors:\n  ${issues.join('\n  ')}`);
    });
