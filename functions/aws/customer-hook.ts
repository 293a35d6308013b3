/**
 * What a customer hook, a function of the user's own, is asked to do. The same request may come more than once and must
 * then do no harm.
 */
export interface CustomerHookRequest {
  readonly action: 'hold' | 'release' | 'fence' | 'unfence';
  readonly pair: string;
  readonly region: string;
  /** The epoch that the promotion opened or opens, if it is known. */
  readonly epoch: number | null;
  /** The broker to keep clients away from, or to let them back to. */
  readonly brokerId?: string;
}

/** What it answers: `{"done": true}`, or `{"done": false, "reason": "…"}` to be asked again a little later. */
export type CustomerHookAnswer = { readonly done: true } | { readonly done: false; readonly reason: string };

/** Asks a customer hook. */
export type CallCustomerHook = (functionArn: string, request: CustomerHookRequest) => Promise<CustomerHookAnswer>;
