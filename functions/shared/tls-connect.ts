import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/**
 * Opens a TLS connection with the host's certificate store.
 *
 * @throws the socket's own error; a connection that takes longer than `timeoutMs` rejects with `code` ETIMEDOUT
 */
export const connectTls = (
  address: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect({ ...address, servername: address.host, timeout: timeoutMs });
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve(socket);
    });
    socket.once('timeout', () => {
      const error = Object.assign(
        new Error(`no TLS connection to ${address.host}:${address.port} in ${timeoutMs} ms`),
        {
          code: 'ETIMEDOUT',
        },
      );
      socket.destroy(error);
    });
    socket.once('error', reject);
  });
