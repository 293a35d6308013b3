import { InvalidConfiguration, InvalidInput } from '../runtime/errors.ts';
import { didYouMean } from '../runtime/nearest-name.ts';
import { type BatchLedger, LambdaBatch, type WithoutIdentity } from './lambda-batch.ts';
import { parseAmazonMqEvent } from './lambda-event.ts';
import type { Ledger } from './ledger.ts';

/** How the middleware treats its batches. */
export interface LedgerMiddlewareOptions {
  readonly ledger: Ledger;
  /**
   * For a message that lacks what the ledger identifies messages by. `fail` (the default) processes the rest and fails the
   * batch, until the service puts the message into the dead-letter queue; `hand-over` gives it to the handler as if there
   * were no ledger. Both log it.
   */
  readonly withoutIdentity?: WithoutIdentity;
}

/** What the middleware needs of the invocation's context. */
interface InvocationContext {
  readonly functionName: string;
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** What the middleware uses of middy's request. */
interface InvocationRequest {
  event: unknown;
  readonly context: InvocationContext;
  readonly error?: unknown;
  earlyResponse?: unknown;
}

/** A middleware in the shape that `middy().use()` takes. */
export interface LedgerMiddleware {
  readonly before: (request: InvocationRequest) => Promise<void>;
  readonly after: (request: InvocationRequest) => Promise<void>;
  readonly onError: (request: InvocationRequest) => Promise<void>;
}

const batches = new WeakMap<object, LambdaBatch>();

/** middy gives up some milliseconds before the function's time is up, while the handler is still at work. */
const isMiddyTimeout = (error: unknown): boolean => {
  const { name, cause } = (error ?? {}) as { readonly name?: unknown; readonly cause?: { readonly package?: unknown } };
  return name === 'TimeoutError' && cause?.package === '@middy/core';
};

const policies: readonly WithoutIdentity[] = ['fail', 'hand-over'];

/**
 * Lets the handler decide message by message.
 *
 * @param context the invocation's context, as the handler got it
 * @throws InvalidInput for a context of an invocation that the middleware did not see
 */
export const batchLedger = (context: object): BatchLedger => {
  const batch = batches.get(context);
  if (batch !== undefined) return batch;
  throw new InvalidInput(
    'this invocation has no ledger: its function must use ledgerMiddleware, and pass its context on',
  );
};

/**
 * A middy middleware for functions behind the event source mapping of an ActiveMQ broker. It takes out of the event what
 * was processed before or is claimed elsewhere, and claims the rest until the function's deadline; when the handler
 * succeeds it confirms the rest, when it throws it gives it back. The handler's messages must all have taken effect when it
 * resolves, and none when it throws; a handler that can tell more uses `batchLedger(context)`.
 *
 * Use it last, next to the handler: what another middleware throws after the handler has succeeded must find the batch
 * confirmed. Do not let middy's `timeoutEarlyResponse` answer for a handler that is still at work.
 *
 * @throws InvalidConfiguration for an unknown policy
 */
export const ledgerMiddleware = (options: LedgerMiddlewareOptions): LedgerMiddleware => {
  const { ledger, withoutIdentity = 'fail' } = options;
  if (!policies.includes(withoutIdentity)) {
    throw new InvalidConfiguration(
      `withoutIdentity "${String(withoutIdentity)}" is unknown${didYouMean(String(withoutIdentity), policies)}`,
      { found: withoutIdentity, allowed: policies },
    );
  }
  return {
    before: async (request) => {
      const { context } = request;
      const event = parseAmazonMqEvent(request.event);
      const owner = `${context.functionName}/${context.awsRequestId}`;
      const batch = new LambdaBatch(ledger.withOwner(owner), withoutIdentity);
      batches.set(context, batch);
      const messages = await batch.claim(event.messages, context.getRemainingTimeInMillis());
      request.event = { ...event, messages };
      if (messages.length > 0) return;
      await batch.end(() => context.getRemainingTimeInMillis());
      // Nothing is left to do: the handler is not called.
      request.earlyResponse = undefined;
    },
    after: async ({ context }) => {
      await batches.get(context)?.end(() => context.getRemainingTimeInMillis());
    },
    onError: async ({ context, error }) => {
      if (isMiddyTimeout(error)) batches.get(context)?.leaveToLeases();
      else await batches.get(context)?.release();
    },
  };
};
