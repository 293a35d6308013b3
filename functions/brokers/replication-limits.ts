/** The plugin sends a heartbeat event once a minute, so wait times of an idle pair rise to 60–75 s; docs/amazon-mq.md 12. */
const heartbeatMs = 60_000;

/** A wait time beyond three heartbeats means that replication does not run; below, it may only be idle. */
export const waitLimitMs = 3 * heartbeatMs;

/** A healthy lag is 5–12 s (two batch periods); three times that is no longer healthy. docs/amazon-mq.md 12. */
export const lagLimitMs = 36_000;

/**
 * Age beyond which a point says nothing about now. Points cover a minute, are published once a minute and become
 * visible a minute or two later: four minutes tolerate one that is late.
 */
export const freshMs = 240_000;

/**
 * Events on the replication queue of a healthy pair: what arrives within two batch periods. Two full batches of 500;
 * docs/amazon-mq.md 12.
 */
export const restingBacklogEvents = 1_000;
