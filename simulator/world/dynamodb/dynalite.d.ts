declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Milliseconds that a new table stays in CREATING. */
    readonly createTableMs?: number;
    /** A folder for the items; left out, they are in memory. */
    readonly path?: string;
  }

  /** An HTTP server over a store; it need not listen. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
