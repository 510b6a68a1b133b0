// What the camera sees, as a square, with what is needed to start it, to switch it and to light the scene, and words
// when there is no picture. The picture is a plain <video>: nothing that the app computes slows it down.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Camera, camera as theCamera } from '../../camera/camera.ts';
import { failureText } from '../../text/failure-text.ts';
import { text } from '../../text/text.ts';
import { Button, IconButton } from './button.tsx';
import { Dialog } from './dialog.tsx';

export function CameraPreview({
  camera = theCamera,
  children,
  instead,
}: {
  readonly camera?: Camera;
  /** Laid over the picture, while there is one. */
  readonly children?: ComponentChildren;
  /** What else can be done, shown below the words while there is no picture. */
  readonly instead?: ComponentChildren;
}) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => (ref.current === null ? undefined : camera.attach(ref.current)), [camera]);
  const state = camera.state.value;
  return (
    <div class="camera" data-state={state}>
      <video
        ref={ref}
        class={camera.mirrored.value ? 'mirrored' : undefined}
        aria-label={text.value.camera.preview}
        autoplay
        muted
        playsInline
        hidden={state !== 'on'}
      />
      {state === 'on' ? (
        <>
          {children}
          <Controls camera={camera} />
        </>
      ) : (
        <NoPicture camera={camera} instead={instead} />
      )}
    </div>
  );
}

function NoPicture({ camera, instead }: { readonly camera: Camera; readonly instead?: ComponentChildren }) {
  const words = text.value.camera;
  const state = camera.state.value;
  if (state === 'on') return null;
  if (state === 'asking')
    return (
      <div class="camera-words">
        <p class="camera-asking">{words.asking}</p>
      </div>
    );
  if (state === 'off')
    return (
      <div class="camera-words">
        <Button kind="primary" icon="camera" onClick={() => void camera.start()}>
          {words.start}
        </Button>
        <p class="note">{words.why}</p>
        {instead}
      </div>
    );
  const { title, detail } = failureText(camera.error.value);
  return (
    <div class="camera-words" role="alert">
      <p class="camera-failed">{title}</p>
      <p class="note">{detail}</p>
      <div class="camera-ways">
        <Button onClick={() => void camera.start()}>{text.value.common.retry}</Button>
        {instead}
      </div>
    </div>
  );
}

function Controls({ camera }: { readonly camera: Camera }) {
  const words = text.value.camera;
  const choosing = useSignal(false);
  const devices = camera.devices.value;
  const torch = camera.torch.value;
  return (
    <div class="camera-controls">
      {torch !== null && (
        <IconButton
          icon="torch"
          class={torch ? 'lit' : ''}
          label={torch ? words.torchOff : words.torchOn}
          onClick={() => void camera.setTorch(!torch)}
        />
      )}
      {devices.length > 1 && (
        <IconButton icon="flip" label={words.switch} onClick={() => void camera.switchCamera()} />
      )}
      {devices.length > 2 && (
        <IconButton
          icon="more"
          label={words.choose}
          onClick={() => {
            choosing.value = true;
          }}
        />
      )}
      {choosing.value && (
        <ChooseCamera
          camera={camera}
          onClose={() => {
            choosing.value = false;
          }}
        />
      )}
    </div>
  );
}

function ChooseCamera({ camera, onClose }: { readonly camera: Camera; readonly onClose: () => void }) {
  const words = text.value.camera;
  return (
    <Dialog title={words.choose} onClose={onClose}>
      <ul class="camera-list">
        {camera.devices.value.map(({ id, label }, index) => (
          <li key={id}>
            <Button
              aria-pressed={id === camera.device.value}
              onClick={() => {
                onClose();
                void camera.useDevice(id);
              }}
            >
              {label === '' ? words.unnamed(index + 1) : label}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
