// An engine whose pointwise products are done in whole numbers: everything else in its programs, and where they read and
// write, stays as it is. For measurements only.
import type { KernelBuild } from '../../src/kernels/build.ts';
import { type Address, type Engine, startEngine } from '../../src/kernels/engine.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';
import { type Instruction, type PointwiseProduct, readInstructions } from '../trunk/instructions.ts';
import { type Arithmetic, pointwiseSteps, type Seen, type WholeLayer, wholeLayer } from './layers.ts';
import { openProducts, type Products } from './products.ts';

/** Every so many activations are kept for choosing the steps. */
const SAMPLE = 97;
const PAGE = 65536;

interface Placed extends WholeLayer {
  readonly at: Address;
  readonly scaleAt: Address;
  readonly biasAt: Address;
}

/** Give `start` to `lowerWasm`; show it images of one size and pooling, first some for calibrating; then `use` it. */
export class WholeNumbers {
  /** Leaves out what is not a pointwise product, once programs have run whole. */
  pointwiseOnly = false;
  readonly #model: TrunkModel;
  readonly #cut: string;
  readonly #arithmetic: Arithmetic | null;
  readonly #build: KernelBuild;
  readonly #seen = new Map<Address, Seen>();
  #mode: 'calibrate' | 'use' = 'calibrate';
  #layers = new Map<Address, Placed>();
  #instructions: readonly Instruction[] = [];
  #scratch: Address = 0;
  #sums: Address = 0;

  /** @param arithmetic null: products stay in floats */
  constructor(
    { model, cut }: { readonly model: TrunkModel; readonly cut: string },
    arithmetic: Arithmetic | null,
    build: KernelBuild,
  ) {
    this.#model = model;
    this.#cut = cut;
    this.#arithmetic = arithmetic;
    this.#build = build;
  }

  use(): void {
    this.#mode = 'use';
  }

  readonly start: typeof startEngine = (module) => {
    const engine = startEngine(module);
    const products = openProducts(this.#build, engine.memory);
    return {
      memory: engine.memory,
      run: (at, end) => {
        if (this.#mode === 'calibrate') this.#calibrate(engine, at, end);
        else this.#run(engine, products);
      },
    };
  };

  #calibrate(engine: Engine, at: Address, end: Address): void {
    this.#instructions = readInstructions(engine.memory, at, end);
    for (const { at: from, end: to, product } of this.#instructions) {
      if (product !== null) this.#look(engine, product);
      engine.run(from, to);
    }
  }

  #look({ memory }: Engine, { x, weights, pixels, k, ldx }: PointwiseProduct): void {
    if (ldx !== k * 4) throw new Error('Pixels have gaps between them.');
    const seen = this.#seen.get(weights) ?? { low: 0, high: 0, samples: [] };
    this.#seen.set(weights, seen);
    new Float32Array(memory.buffer, x, pixels * k).forEach((value, i) => {
      seen.low = Math.min(seen.low, value);
      seen.high = Math.max(seen.high, value);
      if (i % SAMPLE === 0) seen.samples.push(value);
    });
  }

  #run(engine: Engine, products: Products): void {
    if (this.#arithmetic !== null && this.#layers.size === 0) this.#place(engine);
    for (const { at, end, product } of this.#instructions) {
      const layer = product === null ? undefined : this.#layers.get(product.weights);
      if (product === null ? !this.pointwiseOnly : layer === undefined) engine.run(at, end);
      else if (product !== null && layer !== undefined) this.#multiply(products, product, layer);
    }
  }

  #multiply(products: Products, product: PointwiseProduct, layer: Placed): void {
    const { x, y, residual, k, panels, ldy, low, high, pixels } = product;
    const { at, scaleAt, biasAt, steps, correction } = layer;
    const [q, sums] = [this.#scratch, this.#sums];
    if (this.#arithmetic === 'sixteen') {
      products.quantize16(x, q, pixels * k, 1 / steps.step);
      products.sixteen(q, at, scaleAt, biasAt, y, residual, k, panels, ldy, low, high, pixels);
    } else {
      products.quantize8(x, q, sums, pixels, k, 1 / steps.step, steps.zero);
      products.eight(
        q,
        at,
        scaleAt,
        biasAt,
        y,
        residual,
        k,
        panels,
        ldy,
        low,
        high,
        pixels,
        sums,
        correction,
      );
    }
  }

  /** Puts the layers behind everything that the engine has in its memory. */
  #place({ memory }: Engine): void {
    const steps = pointwiseSteps(this.#model, this.#cut);
    const addresses = [...this.#seen.keys()].sort((a, b) => a - b);
    if (steps.length !== addresses.length)
      throw new Error(`${addresses.length} of ${steps.length} pointwise layers were met.`);
    let end = memory.buffer.byteLength;
    const place = (bytes: number): Address => {
      const at = end;
      end += Math.ceil(bytes / 64) * 64;
      return at;
    };
    addresses.forEach((address, i) => {
      const [step, seen] = [steps[i], this.#seen.get(address)];
      if (step === undefined || seen === undefined) return;
      const layer = wholeLayer(step, this.#model, seen, this.#arithmetic ?? 'sixteen');
      const at = place(layer.weights.byteLength);
      const scaleAt = place(layer.scale.byteLength);
      this.#layers.set(address, { ...layer, at, scaleAt, biasAt: place(layer.bias.byteLength) });
    });
    const products = this.#instructions.flatMap(({ product }) => (product === null ? [] : [product]));
    this.#scratch = place(Math.max(...products.map(({ pixels, k }) => pixels * k * 2)));
    this.#sums = place(Math.max(...products.map(({ pixels }) => pixels * 4)));
    memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
    for (const { weights, at, scale, scaleAt, bias, biasAt } of this.#layers.values()) {
      new Uint8Array(memory.buffer, at, weights.byteLength).set(new Uint8Array(weights.buffer));
      new Float32Array(memory.buffer, scaleAt, scale.length).set(scale);
      new Float32Array(memory.buffer, biasAt, bias.length).set(bias);
    }
  }
}
