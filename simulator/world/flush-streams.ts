/**
 * Lets what a change of a broker caused in memory streams (dropped connections, the answers of clients) happen before
 * the next actor runs, so that clients notice at the virtual time of the change. Ticks and promises drain before each
 * immediate; a client's answer takes one more.
 */
export const flushStreams = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};
