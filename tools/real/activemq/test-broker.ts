/** A broker that tests talk to, started by them or by somebody else. */
export interface TestBroker {
  readonly credentials: { readonly username: string; readonly password: string };
  /** `amqp://` or `amqp+ssl://`, host and port. */
  readonly amqpUrl: string;
  /** `tcp://` or `ssl://`, host and port. */
  readonly openWireUrl: string;
  /** Origin of the web console. */
  readonly consoleUrl: string;
  /** Ends what the tests started. */
  stop(): Promise<void>;
}
