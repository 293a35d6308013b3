import type { Testbed } from '../../testbed/testbed.ts';

/**
 * Virtual milliseconds for which no fault has been in force, as a clock that stands still during faults. What is promised
 * within a time is promised while things work; a fence is a fault to the simulator, and none here.
 */
export const calmTime = ({ aws, clock }: Testbed): (() => number) => {
  const inForce = new Set<string>();
  let calmMs = 0;
  let sinceMs = clock.nowMs();
  const advance = (): void => {
    if (inForce.size === 0) calmMs += clock.nowMs() - sinceMs;
    sinceMs = clock.nowMs();
  };
  aws.faults.onChange((event, id, { kind }) => {
    if (kind === 'clients-denied') return;
    advance();
    if (event === 'started') inForce.add(id);
    else inForce.delete(id);
  });
  return () => {
    advance();
    return calmMs;
  };
};
