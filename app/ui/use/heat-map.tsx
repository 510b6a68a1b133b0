// Where the evidence is, over the centre square that the trunk sees. One pixel a cell, made smooth by the browser as it
// scales. From dark blue to yellow, which all eyes tell apart, and by lightness alone too.
import { useEffect, useRef } from 'preact/hooks';
import type { Prediction } from '../../training/trainer.ts';

type Evidence = NonNullable<Prediction['evidence']>;
type Rgba = readonly [r: number, g: number, b: number, a: number];

/** No evidence, some, the most: dark veils the picture, yellow glows. */
const RAMP: readonly [Rgba, Rgba, Rgba] = [
  [0, 24, 64, 170],
  [110, 112, 110, 90],
  [255, 224, 60, 165],
];

export function HeatMap({ evidence, mirrored }: { readonly evidence: Evidence; readonly mirrored: boolean }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = ref.current?.getContext('2d');
    context?.putImageData(new ImageData(paint(evidence), evidence.width, evidence.height), 0, 0);
  }, [evidence]);
  const { width, height } = evidence;
  return (
    <div class={`heat-map ${mirrored ? 'mirrored' : ''}`} aria-hidden="true">
      <canvas ref={ref} width={width} height={height} />
    </div>
  );
}

/**
 * Cells -> pixels, row-major RGBA. What speaks for the class is scaled to its own maximum; what speaks against it, and
 * nothing, is the dark end.
 */
export function paint({ values }: Evidence): Uint8ClampedArray<ArrayBuffer> {
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  const pixels = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, i) => {
    pixels.set(colourOf(most > 0 ? Math.max(0, value) / most : 0), i * 4);
  });
  return pixels;
}

/** @param share of the most evidence, [0,1] */
function colourOf(share: number): number[] {
  const [none, some, full] = RAMP;
  const [from, to, t] = share < 0.5 ? [none, some, share * 2] : [some, full, share * 2 - 1];
  return from.map((value, i) => value + ((to[i] ?? value) - value) * t);
}
