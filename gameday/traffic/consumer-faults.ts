import { type FaultBoard, fits } from '../../simulator/world/fault-board.ts';
import type { ConsumerFaults } from './traffic-ports.ts';

/** The consumers' share of the faults that are in force. */
export const consumerFaultsOf = (board: FaultBoard): ConsumerFaults => ({
  diesAfter: ({ consumer, queue, id }) =>
    board.hit(
      'consumer-crash',
      (fault) => fits(fault.consumer, consumer) && fits(fault.queue, queue) && fits(fault.messageId, id),
    ) !== undefined,
  isPoison: ({ queue, id }) =>
    board.active('poison-message').some((fault) => fits(fault.queue, queue) && fits(fault.messageId, id)),
});
