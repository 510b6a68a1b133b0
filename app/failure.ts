// What can go wrong on the device alone, as one closed union beside the contract's; the words for people are in
// text/. No I/O here.

/** The closed set of codes; each has a title and a detail in every language. */
export type DeviceErrorCode =
  | 'camera_busy'
  | 'camera_denied'
  | 'camera_failed'
  | 'camera_missing'
  | 'class_missing'
  | 'class_name_invalid'
  | 'class_name_taken'
  | 'download_failed'
  | 'light_too_few_classes'
  | 'light_too_few_frames'
  | 'offline'
  | 'photo_missing'
  | 'project_file_invalid'
  | 'project_file_newer'
  | 'project_missing'
  | 'storage_closed'
  | 'storage_full'
  | 'storage_unavailable'
  | 'too_many_classes'
  | 'trainer_crashed'
  | 'trainer_unavailable'
  | 'training_outdated'
  | 'training_too_large';

/** An error of the device; `detail` is for the console, in English. */
export class DeviceError extends Error {
  readonly code: DeviceErrorCode;
  constructor(
    code: DeviceErrorCode,
    { detail = '', cause }: { readonly detail?: string; readonly cause?: unknown } = {},
  ) {
    super(detail === '' ? code : `${code}: ${detail}`, { cause });
    this.name = 'DeviceError';
    this.code = code;
  }
}
