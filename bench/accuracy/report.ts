// docs/accuracy.md: what was measured, as Markdown. No figures of its own.
import type { Machine } from '../machine.ts';
import { CONDITIONS, LIGHT, type LightFigure } from './light.ts';
import { METHODS, type Method, SETTINGS, type TuningFigure } from './tuning.ts';

export interface AccuracyFigures {
  readonly machine: Machine;
  readonly build: string;
  readonly testImages: number;
  readonly lightPerClass: number;
  readonly tuning: readonly TuningFigure[];
  readonly light: readonly LightFigure[];
  readonly minutes: number;
}

export function accuracyReport(figures: AccuracyFigures): string {
  const { machine, build, testImages, tuning, light, lightPerClass, minutes } = figures;
  const counts = [...new Set(tuning.map(({ perClass }) => perClass))];
  const seeds = [...new Set(tuning.map(({ seed }) => seed))];
  const epochs = (method: Method, perClass: number) =>
    tuning
      .filter((f) => f.method === method && f.perClass === perClass)
      .map((f) => f.epochs?.join('/') ?? '')
      .filter(Boolean)
      .join(' ');
  const conditions = Object.keys(CONDITIONS);
  const s = SETTINGS;
  return `# Accuracy of fine-tuning and of adapted statistics

Written by \`npm run accuracy\`; do not edit. Fashion-MNIST as committed in tests/data (grey, 28 px, drawn up to ${s.size} px), ten
classes, ${testImages} test images, ${seeds.length} seeds: each draws other training images. Per cent of the test images named
rightly: mean, and the lowest and highest of the seeds in brackets. The test images alone add a standard error of about
${(100 * Math.sqrt((0.75 * 0.25) / testImages)).toFixed(1)} points.

${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}; Node ${machine.node}, V8 ${machine.v8}; tfjs's WASM
backend with the training kernels (${build} build), one thread; load ${machine.load} at the start; ${minutes.toFixed(0)} minutes in all. Seconds are
of this machine under that load.

## Fine-tuning the last layers

From \`${s.from}\` to \`${s.to}\` (block_16 and Conv_1), as the app does unless told otherwise: head first (ridge), then ${s.optimizer}, batch ${s.batchSize}, at most
${s.epochs} epochs, one epoch of warm-up, gradients clipped to norm 1, ${100 * s.validation} % held out, stopped after ${s.patience} epochs without a lower held-out loss,
each picture in ${s.variants} variants. Heads alone are ridge on all training images. "Batch statistics" is the classic mistake: the unfrozen
BatchNorm layers normalise by the batch, and their moving averages move (\`trainable\` and \`training\` both on, rate 1e-4). Statistics are then
re-estimated (\`adaptStatistics\`, alpha 1) on all training images with the tuned weights, for the layers above the cut.

| | ${counts.map((n) => `${n} a class | s | epochs run/kept`).join(' | ')} |
|---|${counts.map(() => '---|---|---|').join('')}
${(Object.keys(METHODS) as Method[])
  .map((method) => {
    const cells = counts.map((n) => {
      const found = tuning.filter((f) => f.method === method && f.perClass === n);
      const seconds = found.flatMap((f) => (f.seconds === null ? [] : [f.seconds]));
      return `${spread(found.map((f) => f.accuracy))} | ${seconds.length === 0 ? '' : mean(seconds).toFixed(1)} | ${epochs(method, n)}`;
    });
    return `| ${METHODS[method]} | ${cells.join(' | ')} |`;
  })
  .join('\n')}

## Another light

${lightPerClass} clean training images a class, ${LIGHT.size} px, ridge at the default cut. All test images are changed as the row says, values x in [0,1].
Statistics are re-estimated (alpha ${LIGHT.alpha}) on ${LIGHT.frames} unlabelled images in that light that are neither trained on nor tested; "unpaired": under the
head that was fitted with the stored statistics; "paired": under a head fitted on features of the training images under statistics
re-estimated on ${Math.floor(LIGHT.frames / 10) * 10} of them, as many of each class, which is what "adapt to this light" does.

| | stored statistics | re-estimated, unpaired head | re-estimated, paired head | s |
|---|---|---|---|---|
${conditions
  .map((condition) => {
    const found = light.filter((f) => f.condition === condition);
    const cells = [
      spread(found.map((f) => f.stored)),
      spread(found.map((f) => f.unpaired)),
      spread(found.map((f) => f.paired)),
      mean(found.map((f) => f.seconds)).toFixed(1),
    ];
    return `| ${condition} | ${cells.join(' | ')} |`;
  })
  .join('\n')}
`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(shares: readonly number[]): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  if (shares.length === 0) return '';
  return `${percent(mean(shares))} (${percent(Math.min(...shares))} to ${percent(Math.max(...shares))})`;
}
