// Why there is no camera: the browser's names for it -> ours. No words.
import { DeviceError } from '../failure.ts';
import type { CameraState } from './camera.ts';

/** What `getUserMedia` rejected with, as an error of ours. @see https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
export function cameraError(cause: unknown): DeviceError {
  if (cause instanceof DeviceError) return cause;
  const name = cause instanceof DOMException || cause instanceof Error ? cause.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new DeviceError('camera_denied', { cause });
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new DeviceError('camera_missing', { cause });
    case 'NotReadableError':
    case 'AbortError':
      return new DeviceError('camera_busy', { cause });
    default:
      return new DeviceError('camera_failed', { cause, detail: name });
  }
}

/** A track that ends by itself was unplugged, or taken by another app. */
export async function lostTrackError(media: MediaDevices | undefined): Promise<DeviceError> {
  const left = (await media?.enumerateDevices().catch(() => [])) ?? [];
  return left.some(({ kind }) => kind === 'videoinput')
    ? new DeviceError('camera_busy', { detail: 'the track ended' })
    : new DeviceError('camera_missing', { detail: 'the track ended and no camera is left' });
}

/** The state that an error leaves the camera in. */
export function stateOf({ code }: DeviceError): CameraState {
  switch (code) {
    case 'camera_denied':
      return 'denied';
    case 'camera_missing':
      return 'missing';
    case 'camera_busy':
      return 'busy';
    default:
      return 'failed';
  }
}
