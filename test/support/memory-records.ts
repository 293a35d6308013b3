import * as z from 'zod/mini';
import type { RecordPort } from '../../functions/policy-drift/ports.ts';
import { ControlConflict } from '../../functions/runtime/errors.ts';

/** Records of a cluster in memory; `written` hears of each one, once its version was found to be the one that was read. */
export const memoryRecords = (written: (name: string, value: unknown) => void = () => {}): RecordPort => {
  const stored = new Map<string, { readonly body: string; readonly version: number }>();
  return {
    read: async (name, schema) => {
      const found = stored.get(name);
      return found && { value: z.parse(schema, JSON.parse(found.body)), version: found.version };
    },
    list: async (prefix, schema) =>
      new Map(
        [...stored]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, { body, version }]) => [name, { value: z.parse(schema, JSON.parse(body)), version }]),
      ),
    write: async (name, value, readVersion) => {
      if ((stored.get(name)?.version ?? 0) !== readVersion) throw new ControlConflict(`${name} has been written`);
      stored.set(name, { body: JSON.stringify(value), version: readVersion + 1 });
      written(name, value);
    },
  };
};
