import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../../gameday/experiment/command-options.ts';
import { argumentsByNpm } from '../../../../gameday/experiment/npm-arguments.ts';
import { packageVersion } from '../../../../infra/package-version.ts';

describe('the scenario of a game day', () => {
  it.each([
    [[], 'full-story'],
    [['region-outage'], 'region-outage'],
    [['--scenario', 'region-outage'], 'region-outage'],
    [['region-outage', '--scenario', 'region-outage'], 'region-outage'],
  ])('of %j is %s', (argv, scenario) => {
    expect(parseArguments(argv).scenario).toBe(scenario);
  });

  it('is one', () => {
    expect(() => parseArguments(['poison', '--scenario', 'frozen'])).toThrow(
      'two scenarios are given, "poison" and "frozen"',
    );
    expect(() => parseArguments(['poison', 'frozen'])).toThrow('too many arguments');
  });
});

describe('options that npm took for its own', () => {
  it('are what was meant', () => {
    const environment = { npm_config_list: 'true', npm_config_seed: '7', npm_config_without_ledger: 'true' };
    expect(parseArguments(argumentsByNpm(environment))).toMatchObject({ list: true, seed: 7, ledger: false });
  });

  it('are not those that npm itself knows, nor empty ones', () => {
    expect(argumentsByNpm({ npm_config_json: 'true', npm_config_color: 'true', npm_config_list: '' })).toEqual([]);
  });
});

it('says its version', () => {
  expect(packageVersion).toMatch(/^\d+\.\d+\.\d+/);
  expect(() => parseArguments(['--version'])).toThrow(packageVersion);
});
