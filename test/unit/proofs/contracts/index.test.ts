import { describe, expect, it } from 'vitest';
import { functions, machines } from '../../../../infra/catalogue.ts';
import type { GuardAnswer } from '../../../../proofs/contracts/contract.ts';
import { childContracts, functionContracts } from '../../../../proofs/contracts/index.ts';

const all = Object.entries(functionContracts);

/** Every answer that some fact waits for, with the function whose fact it is. */
const awaited: readonly (readonly [of: string, answer: GuardAnswer])[] = [
  ...all.flatMap(([name, { guards = [], after, changes = [], counts }]) =>
    [
      ...guards.flat(),
      ...(after ? [after] : []),
      ...changes.map(({ answer }) => answer),
      ...(counts?.unless ? [counts.unless] : []),
    ].map((answer) => [name, answer] as const),
  ),
  ...Object.entries(childContracts).flatMap(([name, { guards, precedes }]) =>
    [...guards.flat(), ...(precedes ? [precedes.when] : [])].map((answer) => [name, answer] as const),
  ),
];

describe('the facts about workflows', () => {
  it('are about functions and machines of the deployment', () => {
    const names = functions.map(({ name }) => name);
    expect(all.map(([name]) => name).filter((name) => !names.includes(name))).toEqual([]);
    const deployed = machines.map(({ name }) => name);
    expect(Object.keys(childContracts).filter((name) => !deployed.includes(name))).toEqual([]);
  });

  it('wait only for answers that the function can give', () => {
    const impossible = awaited.filter(([, { function: functionName, field, go }]) => {
      if (childContracts[functionName] !== undefined) return false;
      const known = functionContracts[functionName]?.answers?.[field] ?? [];
      return go.length === 0 || go.some((value) => !known.includes(value));
    });
    expect(impossible).toEqual([]);
  });

  it('say what goes together of values that the function answers', () => {
    const unknown = all.flatMap(([name, { answers = {}, together = [] }]) =>
      together
        .flatMap(({ when: { field, go }, leaves }) => [[field, go] as const, ...Object.entries(leaves)])
        .filter(([field, values]) => values.some((value) => !answers[field]?.includes(value)))
        .map(([field]) => `${name} ${field}`),
    );
    expect(unknown).toEqual([]);
  });

  it('let a guard stop something', () => {
    const open = awaited.filter(([, { function: functionName, field, go }]) => {
      const known = functionContracts[functionName]?.answers?.[field];
      return known?.every((value) => go.includes(value));
    });
    expect(open).toEqual([]);
  });

  it.each(all.filter(([, { role }]) => role === 'write'))(
    'has guards and an end for refusals of %s',
    (_name, facts) => {
      expect(facts.guards?.length).toBeGreaterThan(0);
      expect(facts.answers?.outcome).toContain('refused');
    },
  );

  it.each(all)(
    'has pending answers and endings of %s among its answers',
    (_name, { answers = {}, pending, endings = {} }) => {
      if (pending !== undefined) expect(answers[pending.field]).toEqual(expect.arrayContaining([...pending.values]));
      for (const [field, byValue] of Object.entries(endings)) {
        expect(answers[field]?.map(String)).toEqual(expect.arrayContaining(Object.keys(byValue)));
      }
    },
  );
});
