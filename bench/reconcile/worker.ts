import { drainBare } from './bare-drain.ts';
import { lookUpBare } from './bare-lookups.ts';
import type { Measured } from './measured.ts';
import { repair, scan } from './reconciling.ts';
import { scanSynthetic } from './synthetic-scan.ts';
import type { Answer, Task, TaskName, TaskResults } from './tasks.ts';

/* The measuring process of the reconcile bench: does one task after the other, until its parent goes. */

const perform = async (task: Task): Promise<Measured<TaskResults[TaskName]>> => {
  switch (task.name) {
    case 'scan':
      return await scan(task.input);
    case 'repair':
      return await repair(task.input, task.input.manifest);
    case 'drain':
      return await drainBare(task.input.broker, task.input.queue, task.input.expected);
    case 'lookups':
      return await lookUpBare(task.input.ledger, task.input.messages);
    case 'synthetic':
      return await scanSynthetic(task.input.messages, Date.now());
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
