import { describe, expect, it } from 'vitest';
import { withLiteralKeys } from '../../../infra/constructs/sdk-shaking.ts';

describe('keys of the SDK that are constants', () => {
  it('are written as what they are', () => {
    const source = ['const _hQ = "httpQuery";', 'const _aB = "a-b";', 'var X$ = [3, _hQ, { [_hQ]: 1, [_aB]: _hQ }];'];
    expect(withLiteralKeys(source.join('\n'))).toBe(
      ['const _hQ = "httpQuery";', 'const _aB = "a-b";', 'var X$ = [3, _hQ, { "httpQuery": 1, "a-b": _hQ }];'].join(
        '\n',
      ),
    );
  });

  it.each([
    'var X$ = { [_unknown]: 1 };',
    'let _hQ = "httpQuery";\nvar X$ = { [_hQ]: 1 };',
    'const _hQ = "http" + "Query";\nvar X$ = { [_hQ]: 1 };',
    'const _hQ = "with \\" in it";\nvar X$ = { [_hQ]: 1 };',
    'const hQ = "httpQuery";\nvar X$ = { [hQ]: 1 };',
    'const _hQ = "httpQuery";\nvar x = list[_hQ];',
  ])('alone: %j stays as it is', (source) => {
    expect(withLiteralKeys(source)).toBe(source);
  });
});
