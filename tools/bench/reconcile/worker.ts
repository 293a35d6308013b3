import type { Measured } from './measured.ts';
import type { Answer, Task, TaskName, TaskResults } from './tasks.ts';

/*
 * The measuring process of the reconcile bench: does one task after the other, and loads only what they need, because its
 * memory is measured too.
 */

const perform = async (task: Task): Promise<Measured<TaskResults[TaskName]>> => {
  switch (task.name) {
    case 'scan':
      return await (await import('./reconciling.ts')).scan(task.input);
    case 'repair':
      return await (await import('./reconciling.ts')).repair(task.input, task.input.manifest);
    case 'drain':
      return await (await import('./bare-drain.ts')).drainBare(
        task.input.broker,
        task.input.queue,
        task.input.expected,
      );
    case 'lookups':
      return await (await import('./bare-lookups.ts')).lookUpBare(task.input.ledger, task.input.messages);
    case 'synthetic':
      return await (await import('./synthetic-scan.ts')).scanSynthetic(task.input.messages, Date.now());
  }
};

const answerTo = async (task: Task): Promise<Answer> => {
  try {
    const { seconds, result } = await perform(task);
    return { outcome: { seconds, result, peakRssMiB: process.resourceUsage().maxRSS / 1_024 } };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
};

process.on('message', async (task: Task) => {
  process.send?.(await answerTo(task));
});
