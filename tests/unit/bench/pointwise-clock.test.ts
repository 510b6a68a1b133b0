import { expect, it } from 'vitest';
import { readTrunk } from '../../../bench/read-trunk.ts';
import { engineModules } from '../../../bench/trunk/modules.ts';
import { PointwiseClock } from '../../../bench/trunk/pointwise-clock.ts';
import { DEFAULT_TRUNK, MODELS } from '../../../scripts/support/default-trunk.ts';
import { startEngine } from '../../../src/kernels/engine.ts';
import { lowerWasm } from '../../../src/trunk/engine/lower.ts';
import { truncate } from '../../../src/trunk/graph.ts';
import { macsOf, shapesOf } from '../../../src/trunk/shapes.ts';

it('meets every pointwise multiply-accumulate of the trunk, and changes no number', async () => {
  const { model, manifest } = await readTrunk(`${MODELS}/${DEFAULT_TRUNK}`);
  const { cut } = manifest.defaults;
  const images = {
    data: Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => (i % 17) / 16),
    shape: [1, 64, 64, 3],
  };
  const graph = truncate(model.graph, cut);
  const shapes = shapesOf(graph, [64, 64, 3]);
  const pointwise = graph.nodes.filter(
    ({ op }) => op.kind === 'conv2d' && op.window.every((side) => side === 1),
  );
  const expected = pointwise.reduce((sum, node) => sum + macsOf(node, shapes), 0);
  for (const { build, module } of engineModules()) {
    const clock = new PointwiseClock();
    const plain = lowerWasm(model, { cut, module, build });
    const watched = lowerWasm(model, { cut, module, build, start: (from) => clock.watch(startEngine(from)) });
    for (let round = 0; round < 2; round++) {
      clock.reset();
      expect((await watched.run(images)).data).toEqual((await plain.run(images)).data);
      // All its channels come in eights, so that nothing is filled up.
      expect(clock.macs).toBe(expected);
    }
    plain.dispose();
    watched.dispose();
  }
});
