/** Scope of the Control table's items that concern everything. */
export const globalScope = 'GLOBAL';

/** Scope of a pair's items in the Control table. */
export const pairScope = (pair: string): string => `PAIR#${pair}`;

/** Scope of the lock of a pair's watch, which is not the pair's own: a watch reads on while another run holds the pair. */
export const watchScope = (pair: string): string => `WATCH#${pair}`;

/** Scope of a RabbitMQ cluster's items in the Control table. */
export const clusterScope = (cluster: string): string => `CLUSTER#${cluster}`;
