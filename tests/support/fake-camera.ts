// Cameras for pages under test. Chromium's own fake device is real hardware to the page, but shows one pattern only
// (FAKE_CAMERA in chromium.ts); this one shows pictures, one after the other, as a test wants it.
import type { BrowserContext, Page } from 'playwright-core';

/** From now on, `getUserMedia` of its pages answers with the stream of a canvas; nothing is seen before `showToCamera`. */
export async function installPictureCamera(context: BrowserContext): Promise<void> {
  await context.addInitScript(`{
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const drawing = canvas.getContext('2d');
    let picture = null, time = 0;
    setInterval(() => {
      // Each frame is a little different, as in a hand; the centre square is full.
      const zoom = 500 + 8 * Math.sin(time++ / 5);
      drawing.fillStyle = '#000';
      drawing.fillRect(0, 0, 640, 480);
      if (picture !== null) drawing.drawImage(picture, 320 - zoom / 2, 240 - zoom / 2, zoom, zoom);
    }, 33);
    window.showToCamera = async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      picture = await createImageBitmap(new Blob([bytes]));
    };
    if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
  }`);
}

/** Holds an encoded picture before the camera, until the next one. */
export async function showToCamera(page: Page, picture: Uint8Array): Promise<void> {
  await page.evaluate(`window.showToCamera(${JSON.stringify(Buffer.from(picture).toString('base64'))})`);
}
