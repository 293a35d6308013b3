import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/**
 * Opens a TLS connection with the host's certificate store.
 *
 * @throws the socket's own error; what takes longer than `timeoutMs` rejects with `code` ETIMEDOUT while the TCP
 * connection is not open, ERR_TLS_HANDSHAKE_TIMEOUT afterwards
 */
export const connectTls = (
  address: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect({ ...address, servername: address.host, timeout: timeoutMs });
    let tcpOpen = false;
    socket.once('connect', () => {
      tcpOpen = true;
    });
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve(socket);
    });
    socket.once('timeout', () => {
      const error = Object.assign(
        new Error(`no TLS connection to ${address.host}:${address.port} in ${timeoutMs} ms`),
        {
          code: tcpOpen ? 'ERR_TLS_HANDSHAKE_TIMEOUT' : 'ETIMEDOUT',
        },
      );
      socket.destroy(error);
    });
    socket.once('error', reject);
  });
