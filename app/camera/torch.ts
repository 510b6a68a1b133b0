// The light beside the back camera, where the browser can switch it (Chrome on Android). TypeScript's DOM does not know
// it. @see https://www.w3.org/TR/image-capture/#dom-mediatrackcapabilities-torch

export function hasTorch(track: MediaStreamTrack): boolean {
  // Older Firefox has no capabilities at all.
  const capabilities: object = track.getCapabilities?.() ?? {};
  return 'torch' in capabilities && capabilities.torch === true;
}

/** @returns whether it did */
export async function setTorch(track: MediaStreamTrack, on: boolean): Promise<boolean> {
  const torch: MediaTrackConstraintSet & { readonly torch: boolean } = { torch: on };
  return track.applyConstraints({ advanced: [torch] }).then(
    () => true,
    () => false,
  );
}
