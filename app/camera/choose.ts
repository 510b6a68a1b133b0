// Which camera is asked for. Pure.
import type { CameraDevice } from './camera.ts';

/** A side of the phone, or one camera by its id. */
export type Wish = { readonly facing: 'environment' | 'user' } | { readonly device: string };

/** More than any trunk reads, little enough for a cheap phone. */
const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } } as const;

/** A side is wished for, not demanded: a laptop has none. */
export function constraintsOf(wish: Wish): MediaTrackConstraints {
  return 'facing' in wish
    ? { ...SIZE, facingMode: { ideal: wish.facing } }
    : { ...SIZE, deviceId: { exact: wish.device } };
}

/** What to wish for when the person wants another camera than the one that is on. */
export function otherDevice(stream: MediaStream | null, devices: readonly CameraDevice[], wish: Wish): Wish {
  const { facingMode, deviceId } = stream?.getVideoTracks()[0]?.getSettings() ?? {};
  if (facingMode === 'environment' || facingMode === 'user')
    return { facing: facingMode === 'user' ? 'environment' : 'user' };
  const at = devices.findIndex(({ id }) => id === deviceId);
  const next = devices[(at + 1) % Math.max(1, devices.length)];
  return next === undefined || next.id === '' ? wish : { device: next.id };
}
