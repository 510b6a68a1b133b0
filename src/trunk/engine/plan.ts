// Everything that one input size needs, found out once: where each tensor lies while it is needed, and the program.
import type { Pooling } from '../../contract/manifest.ts';
import { type Address, Program } from '../../kernels/engine.ts';
import { poolingFactor } from '../pool.ts';
import { arrange } from './arena.ts';
import { featuresJob, featuresView } from './features.ts';
import { type Sources, schedule } from './schedule.ts';
import { type View, viewBytes } from './view.ts';

/** Offsets are from the start of the arena, where `zeroBytes` of zeros are kept. */
export interface Plan {
  readonly input: { readonly view: View; readonly at: Address };
  readonly output: { readonly view: View; readonly at: Address; readonly shape: readonly number[] };
  readonly zeros: { readonly at: Address; readonly bytes: number };
  /** Where the program goes: after the arena. */
  readonly programAt: Address;
  readonly program: Int32Array<ArrayBuffer>;
  /** What threads share of it, three words each. */
  readonly tasks: Int32Array<ArrayBuffer>;
  /** Bytes of all tensors and buffers, by their lifetimes. */
  readonly arenaBytes: number;
}

/** What a layer's name never is. */
const FEATURES = '\n';

/**
 * @param options.input name of the tensor that is given
 * @param options.shape of the activation at the cut, without the batch
 * @param options.pooling what the activation, which is then a map, is pooled to; null: it is what comes out
 * @param options.base where the arena starts, a multiple of 64
 * @throws AppError `model_layer_unknown`
 */
export function planOf(
  sources: Sources,
  {
    input,
    shape,
    pooling,
    base,
  }: {
    readonly input: string;
    readonly shape: readonly number[];
    readonly pooling: Pooling | null;
    readonly base: Address;
  },
): Plan {
  const view = (name: string): View => views.get(name) ?? { h: 0, w: 0, c: 0, ld: 0 };
  const views = new Map(sources.views);
  const jobs = [...schedule(sources)];
  const output = pooling === null ? sources.output : FEATURES;
  if (pooling !== null) {
    const map = view(sources.output);
    views.set(FEATURES, featuresView(map, pooling));
    jobs.push(featuresJob(FEATURES, sources.output, map, pooling));
  }
  const made = new Map<string, number>([[input, -1], ...jobs.map(({ name }, i) => [name, i] as const)]);
  const lastUse = new Map(made);
  jobs.forEach((job, i) => {
    for (const name of job.inputs) lastUse.set(name, i);
  });
  lastUse.set(output, jobs.length);
  const zeroBytes = Math.max(0, ...jobs.map(({ zeros }) => zeros));
  const tensors = [...made].map(([name, from]) => ({
    bytes: viewBytes(view(name)),
    from,
    to: lastUse.get(name) ?? from,
  }));
  const scratch = jobs.flatMap((job, i) => job.scratch.map((bytes) => ({ bytes, from: i, to: i })));
  const { offsets, bytes } = arrange([
    ...[...tensors, ...scratch],
    { bytes: zeroBytes, from: -1, to: jobs.length },
  ]);
  const addresses = offsets.map((offset) => base + offset);
  const at = new Map([...made.keys()].map((name, i) => [name, addresses[i] ?? 0]));
  const zeros = addresses.at(-1) ?? 0;
  const program = new Program();
  let next = tensors.length;
  for (const job of jobs) {
    const buffers = addresses.slice(next, next + job.scratch.length);
    next += job.scratch.length;
    const inputs = job.inputs.map((name) => at.get(name) ?? 0);
    program.phase();
    job.emit(program, { inputs, output: at.get(job.name) ?? 0, scratch: buffers, zeros });
  }
  return {
    input: { view: view(input), at: at.get(input) ?? 0 },
    output: {
      ...{ view: view(output), at: at.get(output) ?? 0 },
      shape: pooling === null ? shape : [poolingFactor(pooling) * (shape.at(-1) ?? 0)],
    },
    zeros: { at: zeros, bytes: zeroBytes },
    programAt: base + bytes,
    program: program.words(),
    tasks: program.tasks(base + bytes),
    arenaBytes: bytes,
  };
}
