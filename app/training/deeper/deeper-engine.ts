// Fine-tuning, adapting and the lab in a Web Worker of their own, which ends when they have: the live view goes on in the
// other, and the memory of a training is given back whole.
import { loweringOf } from '../backends/lowering-of.ts';
import { startTraining } from '../backends/training.ts';
import type { Calls, ProgressOf } from '../protocol.ts';
import { createTrunk } from '../trunk.ts';
import { adaptJob, type FeatureCache } from './adapting.ts';
import { fineTuneCost } from './cost.ts';
import { fineTuneJob } from './fine-tuning.ts';
import { labJob } from './lab.ts';
import type { Work } from './work.ts';

export type DeeperEngine = Awaited<ReturnType<typeof createDeeperEngine>>;

/** @throws AppError as `readModel`, when the files are damaged; `internal` when the backend does not start */
export async function createDeeperEngine({ backend, ...files }: Calls['loadDeeper']['ask']) {
  await startTraining(backend);
  const trunk = await createTrunk(files, await loweringOf(backend));
  const features: FeatureCache = new Map();
  return {
    fineTuneCost: (ask: Calls['fineTuneCost']['ask']) => fineTuneCost(trunk, ask),
    fineTune: (ask: Calls['fineTune']['ask'], work: Work<ProgressOf<'fineTune'>>) =>
      fineTuneJob(trunk, ask, work),
    adapt: (ask: Calls['adapt']['ask'], work: Work<ProgressOf<'adapt'>>) =>
      adaptJob(trunk, ask, features, work),
    lab: (ask: Calls['lab']['ask'], work: Work<ProgressOf<'lab'>>) => labJob(trunk, ask, work),
  };
}
