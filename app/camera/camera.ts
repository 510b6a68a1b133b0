// The camera: one object for the whole app, so that screens share its stream. Nothing is asked of the person before
// `start()`. It lets go of the camera while the page is hidden or no preview is shown, and takes it up again by itself.
// Not here: what is done with pictures, and words.
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { DeviceError } from '../failure.ts';
import type { Frame } from '../training/trainer.ts';
import { cameraError, lostTrackError, stateOf } from './camera-error.ts';
import { constraintsOf, otherDevice, type Wish } from './choose.ts';
import { hasTorch, setTorch } from './torch.ts';

/** `off`: not started, or let go of for now; `asking`: the browser asks the person, or the camera wakes up. */
export type CameraState = 'off' | 'asking' | 'on' | 'denied' | 'missing' | 'busy' | 'failed';

/** A camera that could be used; its label is empty until the person has allowed one. */
export interface CameraDevice {
  readonly id: string;
  readonly label: string;
}

export interface Camera {
  readonly state: ReadonlySignal<CameraState>;
  /** Why there is no picture, DeviceError `camera_*`; null unless the state is denied, missing, busy or failed. */
  readonly error: ReadonlySignal<DeviceError | null>;
  /** Whether people expect a mirror: the front camera. Pictures are never mirrored, only their preview. */
  readonly mirrored: ReadonlySignal<boolean>;
  /** All cameras of the device, known once one has been on. */
  readonly devices: ReadonlySignal<readonly CameraDevice[]>;
  /** `CameraDevice.id` of the one that is on. */
  readonly device: ReadonlySignal<string | null>;
  /** Whether the light is on; null: it has none. */
  readonly torch: ReadonlySignal<boolean | null>;
  /** The preview that pictures are taken from: wait for its frames with `requestVideoFrameCallback`. */
  readonly video: ReadonlySignal<HTMLVideoElement | null>;

  /** Asks for the camera, the back one first; call it when the person wants it. Failures are in `state` and `error`. */
  start(): Promise<void>;
  stop(): void;
  /** From back to front and the other way round; where cameras have no sides, to the next one. */
  switchCamera(): Promise<void>;
  useDevice(id: string): Promise<void>;
  setTorch(on: boolean): Promise<void>;
  /** Shows the stream in `video` for as long as there is one. @returns ends it; without a preview the camera rests */
  attach(video: HTMLVideoElement): () => void;
  /** The centre square as it is seen, not mirrored, `side` px wide; null while there is no picture. */
  grab(side: number): Promise<ImageBitmap | null>;
  /**
   * The same for a Web Worker: where the browser can, the frame as it came, of which only the centre square counts. That
   * costs this thread nothing, while `grab` may convert all of it here: 10 ms, and 40 on a slow phone.
   */
  frame(side: number): Promise<Frame | null>;
}

/** Long enough to go from one screen to another without the camera blinking. */
const REST_MS = 1_500;

/** The app's camera. */
export const camera: Camera = createCamera();

/** @param devices the browser's, unless said otherwise; undefined where there is none (an insecure page) */
export function createCamera(
  devices: () => MediaDevices | undefined = () => navigator.mediaDevices as MediaDevices | undefined,
): Camera {
  const state = signal<CameraState>('off');
  const error = signal<DeviceError | null>(null);
  const stream = signal<MediaStream | null>(null);
  const mirrored = signal(false);
  const known = signal<readonly CameraDevice[]>([]);
  const device = signal<string | null>(null);
  const torch = signal<boolean | null>(null);
  const video = signal<HTMLVideoElement | null>(null);
  const previews: HTMLVideoElement[] = [];
  let wish: Wish = { facing: 'environment' };
  let wanted = false;
  /** Whoever took the camera last; an older answer of the browser is thrown away. */
  let turn = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let listening = false;

  function release(): void {
    turn++;
    for (const track of stream.peek()?.getTracks() ?? []) track.stop();
    stream.value = null;
    torch.value = null;
  }

  function fail(cause: DeviceError): void {
    release();
    error.value = cause;
    state.value = stateOf(cause);
  }

  /** The preview, while there is a picture in it. */
  function seen(): HTMLVideoElement | null {
    const from = video.peek();
    if (from === null || state.peek() !== 'on' || from.readyState < HTMLMediaElement.HAVE_CURRENT_DATA)
      return null;
    return Math.min(from.videoWidth, from.videoHeight) === 0 ? null : from;
  }

  async function acquire(): Promise<void> {
    release();
    listen();
    const mine = turn;
    error.value = null;
    state.value = 'asking';
    try {
      const media = devices();
      if (media === undefined)
        throw new DeviceError('camera_failed', { detail: 'no mediaDevices: the page is not secure' });
      const got = await media.getUserMedia({ video: constraintsOf(wish), audio: false }).catch((cause) => {
        // The one camera that was chosen is gone: any other, then.
        if (!('device' in wish)) throw cause;
        wish = { facing: 'environment' };
        return media.getUserMedia({ video: constraintsOf(wish), audio: false });
      });
      if (mine !== turn) return stopAll(got);
      adopt(got, mine);
      known.value = await listCameras(media);
    } catch (cause) {
      if (mine === turn) fail(cameraError(cause));
    }
  }

  function adopt(got: MediaStream, mine: number): void {
    const track = got.getVideoTracks()[0];
    if (track === undefined) throw new DeviceError('camera_failed', { detail: 'a stream without video' });
    const { facingMode, deviceId } = track.getSettings();
    mirrored.value = facingMode === 'user';
    device.value = deviceId ?? null;
    torch.value = hasTorch(track) ? false : null;
    track.addEventListener('ended', () => {
      if (mine === turn) void lostTrackError(devices()).then((lost) => mine === turn && fail(lost));
    });
    const heed = (lost: DeviceError | null) => () => {
      if (mine !== turn) return;
      error.value = lost;
      state.value = lost === null ? 'on' : stateOf(lost);
    };
    // A call, or another app, has the camera for now, and will give it back.
    track.addEventListener('mute', heed(new DeviceError('camera_busy', { detail: 'the track is muted' })));
    track.addEventListener('unmute', heed(null));
    stream.value = got;
    state.value = 'on';
  }

  /** At the first start, so that importing this file touches nothing. */
  function listen(): void {
    if (listening) return;
    listening = true;
    document.addEventListener('visibilitychange', () => {
      if (!wanted) return;
      if (document.visibilityState === 'hidden') pause();
      // What was refused is not asked for again unasked.
      else if (previews.length > 0 && state.peek() !== 'denied') void acquire();
    });
    devices()?.addEventListener?.('devicechange', () => {
      if (wanted && (state.peek() === 'missing' || state.peek() === 'busy')) void acquire();
    });
    // Allowed in the browser's settings after all.
    void navigator.permissions
      ?.query({ name: 'camera' as PermissionName })
      .then((permission) => {
        permission.addEventListener('change', () => {
          if (wanted && state.peek() === 'denied' && permission.state === 'granted') void acquire();
        });
      })
      // Not every browser knows this name.
      .catch(() => undefined);
  }

  function pause(): void {
    release();
    if (error.peek() === null) state.value = 'off';
  }

  return {
    ...{ state, error, mirrored, device, torch, video },
    devices: known,
    start: () => {
      wanted = true;
      return acquire();
    },
    stop: () => {
      wanted = false;
      error.value = null;
      pause();
    },
    switchCamera: () => {
      wish = otherDevice(stream.peek(), known.peek(), wish);
      return acquire();
    },
    useDevice: (id) => {
      wish = { device: id };
      return acquire();
    },
    setTorch: async (on) => {
      const track = stream.peek()?.getVideoTracks()[0];
      if (track !== undefined && torch.peek() !== null && (await setTorch(track, on))) torch.value = on;
    },
    attach: (element) => {
      clearTimeout(rest);
      previews.push(element);
      video.value = element;
      const unfollow = effect(() => {
        element.srcObject = stream.value;
      });
      if (wanted && state.peek() === 'off' && document.visibilityState === 'visible') void acquire();
      return () => {
        unfollow();
        element.srcObject = null;
        previews.splice(previews.indexOf(element), 1);
        video.value = previews.at(-1) ?? null;
        if (previews.length === 0) rest = setTimeout(pause, REST_MS);
      };
    },
    grab: async (side) => {
      const from = seen();
      return from === null ? null : grabFrom(from, side);
    },
    frame: async (side) => {
      const from = seen();
      return from === null ? null : (frameOf(from) ?? grabFrom(from, side));
    },
  };
}

/** The centre square. */
async function grabFrom(from: HTMLVideoElement, side: number): Promise<ImageBitmap | null> {
  const { videoWidth: width, videoHeight: height } = from;
  const square = Math.min(width, height);
  return createImageBitmap(from, (width - square) >> 1, (height - square) >> 1, square, square, {
    ...{ resizeWidth: side, resizeHeight: side, resizeQuality: 'medium' },
  }).catch(nullIfNotYet);
}

/** The frame as it came; null where the browser cannot, or does not say that it is upright. */
function frameOf(from: HTMLVideoElement): VideoFrame | null {
  if (typeof VideoFrame === 'undefined' || !('rotation' in VideoFrame.prototype)) return null;
  let frame: VideoFrame;
  try {
    frame = new VideoFrame(from);
  } catch (cause) {
    return nullIfNotYet(cause);
  }
  const upright = 'rotation' in frame && frame.rotation === 0 && !('flip' in frame && frame.flip === true);
  if (upright && frame.displayWidth === from.videoWidth && frame.displayHeight === from.videoHeight)
    return frame;
  frame.close();
  return null;
}

/** Right after the start a video may say that it has a frame before it has one. */
function nullIfNotYet(cause: unknown): null {
  if (cause instanceof DOMException && cause.name === 'InvalidStateError') return null;
  throw cause;
}

async function listCameras(media: MediaDevices): Promise<readonly CameraDevice[]> {
  const all = await media.enumerateDevices();
  return all
    .filter(({ kind }) => kind === 'videoinput')
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
