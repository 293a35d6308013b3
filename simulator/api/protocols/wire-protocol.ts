import type { ApiFault, Members } from '../service.ts';
import type { WireRequest, WireResponse } from '../wire-message.ts';

/** A decoded call: the operation's name and its members in wire names. */
export interface DecodedCall {
  readonly operation: string;
  readonly input: Members;
}

/** How one AWS service writes calls, answers and errors on the wire. */
export interface WireProtocol {
  /** @throws ApiFault when the request is not of this protocol or names an operation that the service does not have */
  decode(request: WireRequest): DecodedCall;
  encodeOutput(operation: string, output: Members, requestId: string): WireResponse;
  encodeFault(fault: ApiFault, requestId: string): WireResponse;
}
