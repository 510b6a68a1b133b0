// The camera object on Chromium's fake device, and on a MediaDevices of our own for what that one never does.
import { effect } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Camera, type CameraState, createCamera } from '../../../../app/camera/camera.ts';
import { drawSquare } from '../../../../app/training/prepare-photo.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function preview(camera: Camera): HTMLVideoElement {
  const video = Object.assign(document.createElement('video'), {
    autoplay: true,
    muted: true,
    playsInline: true,
  });
  document.body.append(video);
  const detach = camera.attach(video);
  cleanUps.push(() => {
    detach();
    camera.stop();
    video.remove();
  });
  return video;
}

/** Resolves when the camera comes into the state. */
function reaches(camera: Camera, wanted: CameraState): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (camera.state.value !== wanted) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

/** Waits for a frame that can be grabbed. */
async function grabSoon(camera: Camera, video: HTMLVideoElement, side: number): Promise<ImageBitmap> {
  for (;;) {
    await new Promise<void>((resolve) => video.requestVideoFrameCallback(() => resolve()));
    const frame = await camera.grab(side);
    if (frame !== null) return frame;
  }
}

/** A picture of one colour, left half red and right half blue, as a stream. */
function drawnStream(width = 64, height = 32): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  const draw = () => {
    context.fillStyle = '#f00';
    context.fillRect(0, 0, width / 2, height);
    context.fillStyle = '#00f';
    context.fillRect(width / 2, 0, width / 2, height);
  };
  draw();
  const timer = setInterval(draw, 30);
  cleanUps.push(() => clearInterval(timer));
  return canvas.captureStream(30);
}

interface FakeDevices {
  readonly get: () => MediaDevices;
  readonly asked: MediaStreamConstraints[];
  answer: () => Promise<MediaStream>;
  left: readonly string[];
}

function fakeDevices(answer: () => Promise<MediaStream>): FakeDevices {
  const target = new EventTarget();
  const fake: FakeDevices = {
    get: () =>
      Object.assign(target, {
        getUserMedia: (constraints: MediaStreamConstraints) => {
          fake.asked.push(constraints);
          return fake.answer();
        },
        enumerateDevices: async () =>
          fake.left.map((id) => ({
            kind: 'videoinput',
            deviceId: id,
            label: id,
            groupId: '',
            toJSON: () => id,
          })),
      }) as unknown as MediaDevices,
    asked: [],
    answer,
    left: ['a', 'b'],
  };
  return fake;
}

describe('createCamera', () => {
  it('asks for nothing before it is started, then gives squares of the size wished for', async () => {
    const camera = createCamera();
    const video = preview(camera);
    expect(camera.state.value).toBe('off');
    expect(await camera.grab(96)).toBeNull();
    await camera.start();
    expect(camera.state.value).toBe('on');
    expect(camera.devices.value.length).toBeGreaterThan(0);
    const frame = await grabSoon(camera, video, 96);
    expect([frame.width, frame.height]).toEqual([96, 96]);
  });

  it('stops the track when it is stopped, and starts again', async () => {
    const camera = createCamera();
    const video = preview(camera);
    await camera.start();
    const first = (video.srcObject as MediaStream).getVideoTracks()[0];
    camera.stop();
    expect([first?.readyState, camera.state.value, video.srcObject]).toEqual(['ended', 'off', null]);
    await camera.start();
    expect(camera.state.value).toBe('on');
  });

  it('grabs the centre square unmirrored', async () => {
    const fake = fakeDevices(async () => drawnStream());
    const camera = createCamera(fake.get);
    const video = preview(camera);
    await camera.start();
    const frame = await grabSoon(camera, video, 32);
    const canvas = new OffscreenCanvas(32, 32);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.drawImage(frame, 0, 0);
    const [red = 0, , blueOfRed = 255] = context.getImageData(4, 16, 1, 1).data;
    const [redOfBlue = 255, , blue = 0] = context.getImageData(28, 16, 1, 1).data;
    expect(red).toBeGreaterThan(200);
    expect(blue).toBeGreaterThan(200);
    expect(blueOfRed).toBeLessThan(60);
    expect(redOfBlue).toBeLessThan(60);
  });

  it.each([
    ['as it came', VideoFrame],
    ['as a square, in a browser that has no such frames', undefined],
  ])('gives a frame for a Web Worker %s, and both are drawn as the same square', async (_, has) => {
    vi.stubGlobal('VideoFrame', has);
    cleanUps.push(() => vi.unstubAllGlobals());
    const fake = fakeDevices(async () => drawnStream());
    const camera = createCamera(fake.get);
    const video = preview(camera);
    await camera.start();
    (await grabSoon(camera, video, 32)).close();
    const frame = await camera.frame(32);
    if (frame === null) throw new Error('no frame');
    expect(frame instanceof ImageBitmap).toBe(has === undefined);
    const canvas = drawSquare(frame, 32);
    frame.close();
    expect([canvas.width, canvas.height]).toEqual([32, 32]);
    const context = canvas.getContext('2d');
    const [red = 0, , blueOfRed = 255] = context?.getImageData(4, 16, 1, 1).data ?? [];
    const [redOfBlue = 255, , blue = 0] = context?.getImageData(28, 16, 1, 1).data ?? [];
    expect(Math.min(red, blue)).toBeGreaterThan(200);
    expect(Math.max(blueOfRed, redOfBlue)).toBeLessThan(60);
  });

  it.each([
    ['NotAllowedError', 'denied', 'camera_denied'],
    ['NotFoundError', 'missing', 'camera_missing'],
    ['NotReadableError', 'busy', 'camera_busy'],
    ['InvalidStateError', 'failed', 'camera_failed'],
  ] as const)('tells a %s as %s', async (name, state, code) => {
    const camera = createCamera(fakeDevices(() => Promise.reject(new DOMException('no', name))).get);
    await camera.start();
    expect([camera.state.value, camera.error.value?.code]).toEqual([state, code]);
  });

  it('fails with words on a page that has no camera interface', async () => {
    const camera = createCamera(() => undefined);
    await camera.start();
    expect(camera.error.value?.code).toBe('camera_failed');
  });

  it('notices a track that another app takes, and one that is unplugged', async () => {
    for (const [left, state] of [
      [['a'], 'busy'],
      [[], 'missing'],
    ] as const) {
      const stream = drawnStream();
      const fake = fakeDevices(async () => stream);
      const camera = createCamera(fake.get);
      preview(camera);
      await camera.start();
      fake.left = left;
      stream.getVideoTracks()[0]?.dispatchEvent(new Event('ended'));
      await reaches(camera, state);
      expect(await camera.grab(8)).toBeNull();
    }
  });

  it('comes back by itself when a camera is plugged in', async () => {
    const fake = fakeDevices(() => Promise.reject(new DOMException('no', 'NotFoundError')));
    const camera = createCamera(fake.get);
    preview(camera);
    await camera.start();
    expect(camera.state.value).toBe('missing');
    fake.answer = async () => drawnStream();
    fake.get().dispatchEvent(new Event('devicechange'));
    await reaches(camera, 'on');
  });

  it('asks for the back camera first, and for the next one by its id when cameras have no sides', async () => {
    const fake = fakeDevices(async () => drawnStream());
    const camera = createCamera(fake.get);
    preview(camera);
    await camera.start();
    await camera.switchCamera();
    expect(fake.asked.map(({ video }) => video)).toMatchObject([
      { facingMode: { ideal: 'environment' } },
      { deviceId: { exact: 'a' } },
    ]);
  });

  it('takes another camera when the chosen one is gone', async () => {
    const fake = fakeDevices(async () => drawnStream());
    const camera = createCamera(fake.get);
    preview(camera);
    let calls = 0;
    fake.answer = async () => {
      calls++;
      if (calls === 1) throw new DOMException('gone', 'OverconstrainedError');
      return drawnStream();
    };
    await camera.useDevice('gone');
    expect([camera.state.value, calls]).toEqual(['on', 2]);
  });

  it('stops a stream that comes too late', async () => {
    const late = drawnStream();
    let give: (stream: MediaStream) => void = () => undefined;
    const fake = fakeDevices(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    const camera = createCamera(fake.get);
    preview(camera);
    const starting = camera.start();
    camera.stop();
    give(late);
    await starting;
    expect([camera.state.value, late.getVideoTracks()[0]?.readyState]).toEqual(['off', 'ended']);
  });
});
