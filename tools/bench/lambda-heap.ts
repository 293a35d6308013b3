/**
 * Options that Lambda starts Node with in a function of so much memory: a tenth of it for new objects, of which each
 * half-space has half, and the rest for old ones (its runtime's `/var/runtime/bootstrap`).
 */
export const lambdaHeapOptions = (memoryMiB: number): readonly string[] => [
  `--max-semi-space-size=${Math.floor(memoryMiB / 20)}`,
  `--max-old-space-size=${memoryMiB - Math.floor(memoryMiB / 10)}`,
];
