import { worker } from 'workerpool';

class SampleError extends Error {
  override readonly name = 'SampleError';
}

/** Doubles a number; fails for a negative one, and dies at zero. */
const perform = (job: number): number => {
  if (job < 0) throw new SampleError(`cannot take ${job}`);
  if (job === 0) process.exit(3);
  return 2 * job;
};

worker({ perform });
