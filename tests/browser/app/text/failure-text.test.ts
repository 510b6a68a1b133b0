import { afterEach, describe, expect, it } from 'vitest';
import { DeviceError, type DeviceErrorCode } from '../../../../app/failure.ts';
import { failureText } from '../../../../app/text/failure-text.ts';
import { type Language, setLanguage, text } from '../../../../app/text/text.ts';
import { ApiError } from '../../../../src/client/send.ts';
import { AppError } from '../../../../src/contract/errors.ts';

/** All of them: a code that is missing here does not compile. */
const CODES: Readonly<Record<DeviceErrorCode, true>> = {
  camera_busy: true,
  camera_denied: true,
  camera_failed: true,
  camera_missing: true,
  class_missing: true,
  class_name_invalid: true,
  class_name_taken: true,
  download_failed: true,
  light_too_few_classes: true,
  light_too_few_frames: true,
  offline: true,
  photo_missing: true,
  project_file_invalid: true,
  project_file_newer: true,
  project_missing: true,
  storage_closed: true,
  storage_full: true,
  storage_unavailable: true,
  too_many_classes: true,
  trainer_crashed: true,
  trainer_unavailable: true,
  training_outdated: true,
  training_too_large: true,
};
const LANGUAGES = ['en', 'de'] as const satisfies readonly Language[];

afterEach(() => setLanguage('en'));

describe.each(LANGUAGES)('a failure in words (%s)', (language) => {
  it.each(Object.keys(CODES) as DeviceErrorCode[])('says what %s is and what to do', async (code) => {
    await setLanguage(language);
    const { title, detail } = failureText(new DeviceError(code, { detail: 'internal 42' }));
    expect(title.length).toBeGreaterThan(5);
    expect(detail.length).toBeGreaterThan(10);
    expect(`${title} ${detail}`).not.toMatch(/internal 42|_/);
    expect(title).not.toBe(text.value.failures.unknown.title);
  });

  it('is general where nothing is known, and never the text of the error', async () => {
    await setLanguage(language);
    for (const error of [
      new Error('internal 42'),
      'internal 42',
      undefined,
      new AppError('internal', { detail: 'internal 42' }),
    ])
      expect(failureText(error)).toEqual(text.value.failures.unknown);
  });
});

describe('a failure in words', () => {
  it('says how an iPhone makes JPEGs when the picture is a HEIC', () => {
    const heic = new AppError('image_unsupported', { detail: 'This is a HEIC picture.' });
    expect(failureText(heic).detail).toContain('Most Compatible');
    const pdf = new AppError('image_unsupported', { detail: 'This is a PDF.' });
    expect(failureText(pdf)).toEqual(text.value.failures.image_unsupported);
  });

  it('has words for what the server refuses', () => {
    const refused = new ApiError('unauthorized', 'internal 42', { status: 401 });
    expect(failureText(refused)).toEqual(text.value.failures.unauthorized);
  });
});
