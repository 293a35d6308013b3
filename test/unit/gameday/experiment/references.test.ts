import { describe, expect, it } from 'vitest';
import { resolveReferences } from '../../../../gameday/experiment/references.ts';
import { StepFailedError } from '../../../../gameday/experiment/step-failed.ts';

const known = { pairs: { orders: { primary: { arn: 'arn:aws:mq:x', port: 5671 } } } };

describe('resolveReferences', () => {
  it('puts values into strings at every depth, and keeps the type of a lone reference', () => {
    const input = {
      arn: '${pairs.orders.primary.arn}',
      list: ['broker ${pairs.orders.primary.arn}:${pairs.orders.primary.port}', 3, null],
      port: '${pairs.orders.primary.port}',
    };
    expect(resolveReferences(input, known)).toEqual({
      arn: 'arn:aws:mq:x',
      list: ['broker arn:aws:mq:x:5671', 3, null],
      port: 5671,
    });
  });

  it('names the nearest value that exists', () => {
    expect(() => resolveReferences('${pairs.order.primary.arn}', known)).toThrow(StepFailedError);
    expect(() => resolveReferences('${pairs.order.primary.arn}', known)).toThrow(
      '${pairs.order.primary.arn}: unknown reference below "pairs" "order"; did you mean "orders"?',
    );
  });

  it('does not reach what JavaScript objects inherit', () => {
    expect(() => resolveReferences('${constructor.name}', known)).toThrow(StepFailedError);
    expect(() => resolveReferences('${__proto__}', known)).toThrow(StepFailedError);
  });
});
