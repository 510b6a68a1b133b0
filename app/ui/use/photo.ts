// The still photo that is asked about: from a file, the clipboard, a drop or the camera.
import type { Camera } from '../../camera/camera.ts';

/** Side of a still of the camera, px: more than any trunk reads. */
const STILL_SIDE = 720;

/** The picture of the camera as a file; null while there is none. */
export async function takeStill(camera: Pick<Camera, 'grab'>): Promise<Blob | null> {
  const frame = await camera.grab(STILL_SIDE);
  if (frame === null) return null;
  const canvas = document.createElement('canvas');
  canvas.width = frame.width;
  canvas.height = frame.height;
  canvas.getContext('2d')?.drawImage(frame, 0, 0);
  frame.close();
  // Without loss, so that the answer is the one of the picture that was seen.
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

/** The first file of a drop or of the clipboard; null: there is none. */
export function fileOf(data: DataTransfer | null): File | null {
  return data?.files[0] ?? null;
}
