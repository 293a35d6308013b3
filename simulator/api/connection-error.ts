/** Codes of Node's sockets that a client of an unreachable or dying endpoint meets. */
export type ConnectionErrorCode = 'ECONNREFUSED' | 'ECONNRESET' | 'ENOTFOUND' | 'ETIMEDOUT';

/** A call or a connection that failed on its way, like a socket's error: there is no answer, only a code. */
export class ConnectionError extends Error {
  /** `TimeoutError` for time-outs, as the SDK's own request handler names them; its retry strategy looks at both. */
  override readonly name: 'TimeoutError' | 'Error';
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.name = code === 'ETIMEDOUT' ? 'TimeoutError' : 'Error';
    this.code = code;
  }
}
