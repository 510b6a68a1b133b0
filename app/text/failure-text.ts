// An error in words for people, in their language: what went wrong and what to do. What is inside goes to the console.

import { ApiError } from '../../src/client/send.ts';
import { AppError } from '../../src/contract/errors.ts';
import { DeviceError, type DeviceErrorCode } from '../failure.ts';
import { text } from './text.ts';

/** What people read. */
export interface FailureText {
  readonly title: string;
  readonly detail: string;
}

type Words = (typeof text.value)['failures'];
/** Every error of the device has words; a code without them does not compile. */
type WordsOfDevice = { readonly [Code in DeviceErrorCode]: FailureText };

/** The words for an error of any kind. */
export function failureText(error: unknown): FailureText {
  const words: Words & WordsOfDevice = text.value.failures;
  if (error instanceof DeviceError) return words[error.code];
  if (!(error instanceof AppError || error instanceof ApiError)) return words.unknown;
  // Named only in the detail: the one format that people meet without having chosen it.
  if (error.code === 'image_unsupported' && /HEI[CF]/.test(error.detail)) return words.image_heic;
  return wordsFor(words, error.code) ?? words.unknown;
}

function wordsFor(words: Words, code: string): FailureText | undefined {
  const known = new Map<string, FailureText>(Object.entries(words));
  return known.get(code);
}

/** Tells the console what a person is told in words. */
export function reportFailure(error: unknown): FailureText {
  console.error(error);
  return failureText(error);
}
