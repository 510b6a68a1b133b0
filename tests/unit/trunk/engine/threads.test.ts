// The engine on several threads: the same bits as on one, whoever comes to help, and when.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../scripts/support/backend.ts';
import { lowerOnThreads, teamModule } from '../../../../scripts/support/engine-threads.ts';
import type { NdArray } from '../../../../src/contract/nd-array.ts';
import { FIRST_ADDRESS, Program } from '../../../../src/kernels/engine.ts';
import { startTeam, TEAM_MEMORY } from '../../../../src/kernels/team.ts';
import { lowerWasm } from '../../../../src/trunk/engine/lower.ts';
import type { TrunkModel } from '../../../../src/trunk/model-files.ts';
import { BUILDS, engineAt, lowered } from '../../../support/engine.ts';
import { architecture, block, type Top } from '../../../support/random-nets.ts';
import { loadTrunk } from '../../../support/trunk.ts';
import { netOf, randomImages } from '../../../support/trunk-nets.ts';

const CUT = 'block_13_expand_relu';

let model: TrunkModel;

beforeAll(async () => {
  await startBackend();
  ({ model } = await loadTrunk());
});

/** To the bit; a zero of another sign is another. */
function expectSame(actual: NdArray, expected: NdArray, what: string): void {
  expect(actual.shape, what).toEqual(expected.shape);
  expect(Buffer.compare(bytesOf(actual), bytesOf(expected)), what).toBe(0);
}

const bytesOf = ({ data }: NdArray) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

describe.each(BUILDS)('the engine on threads, %s', (build) => {
  it.each([1, 2, 3])('gives the bits of one thread, on %i', async (threads) => {
    for (const cut of [CUT, 'out_relu']) {
      const one = lowered(model, build, cut);
      const many = lowerOnThreads(build, model, { cut }, { threads });
      await many.ready;
      for (const size of [
        [160, 160],
        [97, 61],
        [33, 224],
      ]) {
        const images = randomImages([2, ...size, 3], threads);
        expectSame(await many.run(images), await one.run(images), `${cut} at ${size}`);
      }
      const images = randomImages([1, 96, 96, 3], threads);
      if (cut === CUT)
        expectSame(await many.features(images, '2x2'), await one.features(images, '2x2'), 'features');
      many.dispose();
      one.dispose();
    }
  });

  it('gives the bits of one thread on random architectures at every layer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 5 }),
        fc.constantFrom<Top[]>('map', 'flatten', 'pool'),
        fc.nat(),
        async (blocks, end, seed) => {
          const { oracle, model: net } = await netOf(architecture(blocks, end), { seed });
          const images = randomImages([2, 7, 6, 3], seed);
          const names = oracle.layers.map(({ name }) => name);
          for (const cut of names) {
            // Pieces are the planner's; that they can be done at once is tried where the net ends.
            const many = lowerOnThreads(build, net, { cut }, { threads: cut === names.at(-1) ? 2 : 1 });
            await many.ready;
            expectSame(await many.run(images), await engineAt(net, build, cut, images), `at ${cut}`);
            many.dispose();
          }
          oracle.dispose();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('gives the same bits at every run, of several sizes by turns', async () => {
    const many = lowerOnThreads(build, model, { cut: 'block_2_add' }, { threads: 3 });
    const one = lowered(model, build, 'block_2_add');
    // From before the other threads are there.
    const images = [24, 40, 33].map((size) => randomImages([1, size, size, 3], size));
    const expected = await Promise.all(images.map((each) => one.run(each)));
    for (let round = 0; round < 200; round++)
      for (const [i, each] of images.entries())
        expectSame(await many.run(each), expected[i] ?? each, `${round}`);
    many.dispose();
    one.dispose();
  });
});

describe('a team', () => {
  /** Two copies, and what needs both. */
  function programOf(): Program {
    const program = new Program();
    program.phase();
    program.copy(FIRST_ADDRESS, FIRST_ADDRESS + 64, 1, 64, 64, 64);
    program.task();
    program.copy(FIRST_ADDRESS, FIRST_ADDRESS + 128, 1, 64, 64, 64);
    program.phase();
    program.phase();
    program.copy(FIRST_ADDRESS + 64, FIRST_ADDRESS + 192, 1, 128, 128, 128);
    return program;
  }

  it('has a task for each piece, and knows how many must be done before it', () => {
    expect(Array.from(programOf().tasks(1000))).toEqual([0, 1000, 1032, 0, 1032, 1064, 2, 1064, 1096]);
  });

  it('says so when a thread does not end what it has claimed', () => {
    const memory = new WebAssembly.Memory(TEAM_MEMORY);
    const { share } = startTeam(teamModule('simd'), memory, { patienceMs: 20 });
    const [at, words] = [2 * FIRST_ADDRESS, programOf().words()];
    const tasks = programOf().tasks(at);
    new Int32Array(memory.buffer, at, words.length).set(words);
    new Int32Array(memory.buffer, at + words.byteLength, tasks.length).set(tasks);
    expect(share?.(at + words.byteLength, 3)).toBe(true);
    // Claimed, as threads.ts does.
    Atomics.add(new Int32Array(memory.buffer), 1024 / 4, 1);
    expect(share?.(at + words.byteLength, 3)).toBe(false);
  });

  it('makes a lowering fail that has lost a thread', async () => {
    const memory = new WebAssembly.Memory(TEAM_MEMORY);
    const lowering = lowerWasm(model, {
      ...{ cut: 'Conv1_relu', module: teamModule('simd'), build: 'simd' },
      start: (module) => ({ ...startTeam(module, memory), share: () => false }),
    });
    await expect(lowering.run(randomImages([1, 32, 32, 3]))).rejects.toMatchObject({ code: 'internal' });
    lowering.dispose();
  });

  it('lets its threads go when it is disposed, and they can serve another', async () => {
    const worker = new Worker(new URL('../../../../scripts/support/engine-thread.ts', import.meta.url));
    for (let i = 0; i < 2; i++) {
      const memory = new WebAssembly.Memory(TEAM_MEMORY);
      const team = startTeam(teamModule('simd'), memory);
      const said = once(worker, 'message');
      worker.postMessage({ module: teamModule('simd'), memory });
      expect(await said).toEqual(['serves']);
      const left = once(worker, 'message');
      team.dispose?.();
      expect(await left).toEqual(['left']);
    }
    await worker.terminate();
  });
});
