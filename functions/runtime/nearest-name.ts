import { closest, distance } from 'fastest-levenshtein';

/**
 * A hint for a misspelt name, e.g. ` (did you mean "targetRegion"?)`, or the list of allowed names where none is near.
 * Near means at most a third of the longer name's letters differ.
 */
export const didYouMean = (found: string, allowed: readonly string[]): string => {
  if (allowed.length === 0) return '';
  const best = closest(found, allowed);
  const near = distance(found.toLowerCase(), best.toLowerCase()) <= Math.max(found.length, best.length) / 3;
  return near ? ` (did you mean "${best}"?)` : ` (allowed: ${allowed.join(', ')})`;
};
