// A camera that sees what a test paints: `getUserMedia` answers with the stream of a canvas.
import { onTestFinished, vi } from 'vitest';

export interface DrawnCamera {
  /** CSS colour of what is before the camera; in a corner, a square moves, so that each frame is new. */
  see(colour: string): void;
}

/** For the test that calls it. */
export function drawCamera(colour: string): DrawnCamera {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('There is no canvas.');
  let seen = colour;
  let time = 0;
  const timer = setInterval(() => {
    time++;
    context.fillStyle = seen;
    context.fillRect(0, 0, 320, 240);
    context.fillStyle = '#fff';
    context.fillRect(time % 20, 0, 8, 8);
  }, 33);
  const asking = vi
    .spyOn(navigator.mediaDevices, 'getUserMedia')
    .mockImplementation(async () => canvas.captureStream(30));
  onTestFinished(() => {
    clearInterval(timer);
    asking.mockRestore();
  });
  return {
    see: (next) => {
      seen = next;
    },
  };
}
