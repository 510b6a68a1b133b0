// Tokens and link codes: made, recognised, hashed, compared. A secret is shown once and stored nowhere, only its
// SHA-256. Of 256 (or, for ten minutes, 80) random bits a plain hash is as good as a slow one: there is nothing to guess.
//
// Secrets that are at hand are compared in constant time. Tokens in D1 are found by an index on their SHA-256, whose
// timing could at most tell of that digest; nobody can choose a token by its digest, so it tells nothing of a token.

/** What a token's prefix tells; a scanner for leaked secrets knows them by it too. */
export type TokenKind = 'device' | 'key';

const PREFIXES = { device: 'tw_', key: 'twk_' } as const satisfies Record<TokenKind, string>;
const TOKEN_BYTES = 32;
/** Crockford's base 32: no I, L, O or U. In capitals, which a QR code holds in fewer modules. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 16;

/** A new bearer token: `tw_` (a device's) or `twk_` (a key's) and 256 random bits in base64url. */
export function createToken(kind: TokenKind): string {
  return PREFIXES[kind] + base64url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}

/** Whose token has this form; null: nobody's, and nothing need be looked up. */
export function tokenKindOf(token: string): TokenKind | null {
  const [, prefix] = /^(tw_|twk_)[\w-]{43}$/.exec(token) ?? [];
  if (prefix === undefined) return null;
  return prefix === PREFIXES.key ? 'key' : 'device';
}

/** A new link code: 80 random bits as `XXXX-XXXX-XXXX-XXXX`, to be scanned or, at need, typed. */
export function createLinkCode(): string {
  // 32 divides 256, so that every character is as likely as any other.
  const bytes = crypto.getRandomValues(new Uint8Array(CODE_LENGTH));
  const code = Array.from(bytes, (byte) => CODE_ALPHABET.charAt(byte % CODE_ALPHABET.length)).join('');
  return code.replace(/.{4}(?=.)/g, '$&-');
}

/** A link code as it was made, however it was typed: in small letters, without hyphens, O for 0, I or L for 1. */
export function normalizeLinkCode(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
    .replace(/.{4}(?=.)/g, '$&-');
}

/** SHA-256 of a secret's UTF-8, in hex: what is stored of it. */
export async function digestOf(secret: string): Promise<string> {
  return Array.from(await hash(secret), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether two secrets are equal, in a time that does not depend on where they differ or how long they are. */
export async function sameSecret(a: string, b: string): Promise<boolean> {
  return crypto.subtle.timingSafeEqual(await hash(a), await hash(b));
}

async function hash(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
