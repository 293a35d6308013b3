import { describe, expect, it } from 'vitest';
import { machines } from '../../../../infra/catalogue.ts';
import { loadMachine } from '../../../../proofs/static/load-machines.ts';
import { mutantsOf } from '../../../../proofs/static/mutants.ts';
import { proveStatic } from '../../../../proofs/static/prove-static.ts';
import { machineWith } from './small-machine.ts';

describe('the static proof', () => {
  it('holds for every definition of the deployment and finds every mutant out', { timeout: 60_000 }, () => {
    const { cases, failures, failed, mutants, mutantsKilled, grids } = proveStatic();
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
    expect(cases).toBeGreaterThan(machines.length * 10);
    expect(mutants).toBeGreaterThan(machines.length * 20);
    expect(mutantsKilled).toBe(mutants);
    expect(grids.map(({ rows }) => rows.length)).toEqual([machines.length, machines.length]);
  });

  it('takes every guard, Catch, timeout, release and bound away once', () => {
    const [unpair] = machines.filter(({ name }) => name === 'unpair');
    if (unpair === undefined) throw new TypeError('unpair is not deployed');
    const names = mutantsOf(loadMachine(unpair)).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'no TimeoutSeconds of the machine',
        'no TimeoutSeconds at UnpairPrimary',
        'no Catch at UnpairPrimary',
        'Catch 0 forgets the error at UnpairPrimary',
        'no such state at AssessUnpair',
        'no such state at ReleaseLock',
        'no Choice 0 at ChooseAssessment',
        'no bound in Choice 2 at ChooseUnpairing',
        '$polls is not raised at ObserveUnpairing',
        'WaitForReboot leads to UnpairPrimary',
        'another error than the first at Failed',
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves the definition itself as it is', () => {
    const machine = machineWith({});
    const before = JSON.stringify(machine.definition);
    expect(mutantsOf(machine).length).toBeGreaterThan(20);
    expect(JSON.stringify(machine.definition)).toBe(before);
  });
});
