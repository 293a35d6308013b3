import type { Dispatcher } from '../api/dispatcher.ts';
import { type HttpEndpoint, type ListenOptions, listenHttp } from '../api/http-server.ts';
import type { ServedClock, VirtualClock } from '../clock/virtual-clock.ts';

export interface ServeOptions extends ListenOptions {
  /** Virtual milliseconds for each real one; 1 by default. */
  readonly speed?: number;
}

/** An HTTP endpoint of a simulator whose time follows the wall clock. */
export interface ServedAws extends HttpEndpoint {
  readonly served: ServedClock;
}

/**
 * Serves the simulator over HTTP: every request is an actor of the served clock, which stops with the endpoint.
 *
 * @throws PortInUseError
 */
export const serveAws = async (
  clock: VirtualClock,
  dispatcher: Dispatcher,
  options: ServeOptions,
): Promise<ServedAws> => {
  const served = clock.serve({ speed: options.speed ?? 1 });
  try {
    // Clients put their own clock right by it, as they do with AWS.
    const http = await listenHttp(dispatcher, served, options);
    return {
      url: http.url,
      served,
      close: async () => {
        await http.close();
        await served.stop();
      },
    };
  } catch (error) {
    await served.stop();
    throw error;
  }
};
