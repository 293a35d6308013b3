/**
 * What the simulator cannot tell, each as an upper bound: its API calls take no time, and its functions write their
 * logs into memory. All of them together change a month by cents.
 */

/** An invocation counts as a cold one: Lambda bills the start, and most functions are called once in a long while. */
export const startMs = 1_000;

/**
 * One API call after the other. A call within a Region takes some 10 ms, a strongly consistent write to three Regions or a
 * call to the other one some 100 ms.
 */
export const callMs = 100;

/** What Lambda itself logs about an invocation: its start and its report, as JSON. */
export const platformLogBytes = 1_000;

/** What Lambda and Powertools put around the fields that a function logs: time, level, service, request, trace. */
export const logEnvelopeBytes = 400;

/** A history event as Step Functions logs it, with its data; checked against the engine's histories by a test. */
export const historyEventBytes = 2_048;

/** Availability Zones of the network where the configuration names no subnets. */
export const networkZones = 2;
