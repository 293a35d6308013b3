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
  /**
   * What middy's `timeoutEarlyInMillis` is set to, if it is: so long before the function's time is up nobody knows of an
   * answer or an error whether it is the handler's.
   */
  readonly timeoutEarlyInMillis?: number;
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
  response?: unknown;
  earlyResponse?: unknown;
}

/** A middleware in the shape that `middy().use()` takes. */
export interface LedgerMiddleware {
  readonly before: (request: InvocationRequest) => Promise<void>;
  readonly after: (request: InvocationRequest) => Promise<void>;
  readonly onError: (request: InvocationRequest) => Promise<void>;
}

/** A batch, and what was left of its invocation when its handler could begin, in milliseconds. */
interface Invocation {
  readonly batch: LambdaBatch;
  readonly remainingMs: number;
}

const invocations = new WeakMap<object, Invocation>();

/** middy's own `timeoutEarlyInMillis`. */
const middyTimeoutMs = 5;

/** middy gives up some milliseconds before the function's time is up, while the handler is still at work. */
const isMiddyTimeout = (error: unknown): boolean => {
  const { name, cause } = (error ?? {}) as { readonly name?: unknown; readonly cause?: { readonly package?: unknown } };
  return name === 'TimeoutError' && cause?.package === '@middy/core';
};

/**
 * How long before the end an error is in doubt: half of the invocation, from one second to ten. middy gives up 5 ms
 * before the end unless it is told otherwise, with an error that the function may choose, and says nothing of the handler.
 * Claims that are kept in vain cost their messages one more delivery; claims that are released in vain, a second side effect.
 */
const doubtMs = (startedWithMs: number, timeoutEarlyMs: number): number =>
  Math.max(timeoutEarlyMs + 1_000, Math.min(startedWithMs / 2, 10_000));

const optionNames: readonly (keyof LedgerMiddlewareOptions)[] = ['ledger', 'withoutIdentity', 'timeoutEarlyInMillis'];

const policies: readonly WithoutIdentity[] = ['fail', 'hand-over'];

/**
 * Lets the handler decide message by message.
 *
 * @param context the invocation's context, as the handler got it
 * @throws InvalidInput for a context of an invocation that the middleware did not see
 */
export const batchLedger = (context: object): BatchLedger => {
  const batch = invocations.get(context)?.batch;
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
 * confirmed. middy's `timeoutEarlyResponse` must not answer for a handler that is still at work; it may throw whatever it
 * likes, since the clock decides whether an error leaves the claims in doubt, and then they are kept.
 *
 * Works with @middy/core 2 to 7 (docs/ledger.md).
 *
 * @throws InvalidConfiguration for an unknown option or policy, or a time that is none
 */
export const ledgerMiddleware = (options: LedgerMiddlewareOptions): LedgerMiddleware => {
  const { ledger, withoutIdentity = 'fail', timeoutEarlyInMillis = 0 } = options;
  for (const name of Object.keys(options)) {
    if (!(optionNames as readonly string[]).includes(name)) {
      throw new InvalidConfiguration(
        `unknown option "${name}" of the ledger's middleware${didYouMean(name, optionNames)}`,
      );
    }
  }
  if (!Number.isSafeInteger(timeoutEarlyInMillis) || timeoutEarlyInMillis < 0) {
    throw new InvalidConfiguration(
      `timeoutEarlyInMillis must be what middy has, a whole number of milliseconds, not ${String(timeoutEarlyInMillis)}`,
      { found: timeoutEarlyInMillis },
    );
  }
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
      invocations.set(context, { batch, remainingMs: context.getRemainingTimeInMillis() });
      const messages = await batch.claim(event.messages, context.getRemainingTimeInMillis());
      request.event = { ...event, messages };
      if (messages.length > 0) return;
      await batch.end(() => context.getRemainingTimeInMillis());
      // Nothing is left to do: the handler is not called. Before its version 6 middy knows that by a response.
      request.response = null;
      request.earlyResponse = undefined;
    },
    after: async ({ context }) => {
      const batch = invocations.get(context)?.batch;
      // So late it is not the handler that has answered, but middy in its place.
      const isTooLate = context.getRemainingTimeInMillis() <= Math.max(timeoutEarlyInMillis, middyTimeoutMs) + 1;
      if (isTooLate) batch?.leaveToLeases();
      else await batch?.end(() => context.getRemainingTimeInMillis());
    },
    onError: async ({ context, error }) => {
      const invocation = invocations.get(context);
      if (invocation === undefined) return;
      const inDoubt = context.getRemainingTimeInMillis() <= doubtMs(invocation.remainingMs, timeoutEarlyInMillis);
      if (inDoubt || isMiddyTimeout(error)) invocation.batch.leaveToLeases();
      else await invocation.batch.release();
    },
  };
};
