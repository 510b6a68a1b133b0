import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLinkCode,
  createToken,
  digestOf,
  normalizeLinkCode,
  sameSecret,
  tokenKindOf,
} from '../../worker/secrets.ts';

describe('createToken', () => {
  it('makes tokens of 256 bits, each another, whose kind their form tells', () => {
    for (const kind of ['device', 'key'] as const) {
      const tokens = Array.from({ length: 100 }, () => createToken(kind));
      expect(new Set(tokens).size).toBe(100);
      // 43 characters of 6 bits hold 256 bits.
      for (const token of tokens) expect(token).toMatch(/^twk?_[A-Za-z0-9_-]{43}$/);
      expect(tokens.map(tokenKindOf)).toEqual(tokens.map(() => kind));
    }
  });
});

describe('tokenKindOf', () => {
  it('knows no other text', () => {
    const token = createToken('device');
    for (const text of [
      '',
      'tw_',
      token.slice(1),
      token.slice(0, -1),
      `${token}A`,
      `${token}\n`,
      `x${token}`,
    ])
      expect(tokenKindOf(text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => tokenKindOf(text) === null));
  });
});

describe('a link code', () => {
  it('has 80 random bits in the letters of a QR code', () => {
    const codes = Array.from({ length: 500 }, createLinkCode);
    // 16 characters of 5 bits.
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(new Set(codes).size).toBe(500);
    expect(new Set(codes.join('')).size).toBe(32 + 1);
  });

  it('is known however it is typed', () => {
    const misread = { 0: ['0', 'O', 'o'], 1: ['1', 'I', 'i', 'L', 'l'] } as const;
    const typed = (char: string) =>
      char === '0' || char === '1'
        ? fc.constantFrom(...misread[char])
        : char === '-'
          ? fc.constantFrom('-', '', ' ', ' - ')
          : fc.constantFrom(char, char.toLowerCase());
    const group = fc.array(fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'), {
      ...{ minLength: 4, maxLength: 4 },
    });
    const code = fc
      .tuple(group, group, group, group)
      .map((groups) => groups.map((g) => g.join('')).join('-'));
    const codeAndTyped = code.chain((made) =>
      fc.tuple(
        fc.constant(made),
        fc.tuple(...[...made].map(typed)).map((parts) => parts.join('')),
      ),
    );
    fc.assert(fc.property(codeAndTyped, ([made, text]) => normalizeLinkCode(text) === made));
  });
});

describe('digestOf', () => {
  it('is the SHA-256 of the UTF-8', async () => {
    // FIPS 180-2, appendix B.1.
    expect(await digestOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('sameSecret', () => {
  it('compares texts of any length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (a, b) => {
        expect(await sameSecret(a, b)).toBe(a === b);
        expect(await sameSecret(a, a)).toBe(true);
      }),
    );
  });
});
