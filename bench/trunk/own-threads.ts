// The trunk on our own engine and several threads of Node: the only contender that computes on more than one core.
import { lowerOnThreads } from '../../scripts/support/engine-threads.ts';
import type { KernelBuild } from '../../src/kernels/build.ts';
import type { Engine } from './engine.ts';

/** @param threads with the one that calls */
export function ownOnThreads(build: KernelBuild, threads: number): Engine {
  return {
    name: `Topwork (${threads} threads)`,
    async prepare({ trunk, cut, images }) {
      const lowering = lowerOnThreads(build, trunk.model, { cut }, { threads });
      await lowering.ready;
      return { run: async () => (await lowering.run(images)).data, dispose: () => lowering.dispose() };
    },
  };
}
