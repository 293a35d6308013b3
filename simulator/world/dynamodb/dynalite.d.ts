declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Milliseconds that a new table stays in CREATING. */
    readonly createTableMs?: number;
  }

  /** An HTTP server over an in-memory store; it need not listen. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
