import { ServiceUnavailable } from '../../runtime/errors.ts';
import type { CreditAnswer } from './holding-link.ts';
import { unansweredLimit } from './scan-limits.ts';

/**
 * Tells by a link's answers to its requests when the broker has nothing more for it: when two in a row were empty. The
 * first may be the late answer to an earlier request, and a message may be waiting behind it (docs/amazon-mq.md 14.9).
 */
export class LinkEnd {
  #empty = 0;
  #unanswered = 0;

  /**
   * Notes an answer and how many messages came with it.
   *
   * @returns whether nothing more is waiting for the link
   * @throws ServiceUnavailable for a broker that does not answer any more
   */
  reached(answer: CreditAnswer, came: number): boolean {
    this.#empty = answer === 'drained' && came === 0 ? this.#empty + 1 : 0;
    this.#unanswered = answer === 'silent' ? this.#unanswered + 1 : 0;
    if (this.#unanswered === unansweredLimit) {
      throw new ServiceUnavailable(`the broker left ${unansweredLimit} requests in a row unanswered`);
    }
    return this.#empty === 2;
  }
}
