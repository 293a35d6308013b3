import type { Observation } from './observation.ts';
import type { RecordedCall } from './recorder.ts';
import { Scrubber } from './scrubber.ts';
import type { Verification } from './verify-pair.ts';

/** What may be passed on of a look at a pair: no account, no name, no address, no secret. */
export interface Recording {
  readonly version: 1;
  /** ISO 8601. */
  readonly recordedAt: string;
  readonly regions: { readonly primary: string; readonly replica: string };
  readonly observations: readonly Observation[];
  readonly calls: readonly RecordedCall[];
}

/** Makes a recording. @throws UnscrubbedError when something would still be in it that must not be */
export const recordingOf = ({ readings, observations, calls }: Verification, nowMs: number): Recording => {
  const { primary, replica } = readings;
  const scrubber = new Scrubber([primary.description, replica.description]);
  return scrubber.scrub({
    version: 1,
    recordedAt: new Date(nowMs).toISOString(),
    regions: { primary: primary.region, replica: replica.region },
    observations,
    calls,
  });
};
