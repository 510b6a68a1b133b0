// The choice among backends, by candidates of our own that do all that backends have been seen to do.
import { describe, expect, it } from 'vitest';
import { createBackends } from '../../../../../app/training/backends/choice.ts';
import { choose, judge, selfTest } from '../../../../../app/training/backends/self-test.ts';
import type { Measurement } from '../../../../../app/training/protocol.ts';
import type { BackendName } from '../../../../../app/training/trainer.ts';
import { inMemorySettings } from '../../../support/settings.ts';

const FEATURES = [0.5, 2, 0, -1];

function measured(ms: number, change: Partial<Measurement> = {}): Measurement {
  return {
    features: Float32Array.from(FEATURES),
    ...{ step: [0.25, -0.5], stepExpected: [0.25, -0.5], ms, ...change },
  };
}

type Fake = () => Measurement | Promise<Measurement>;
const off = (by: number) => Float32Array.from(FEATURES, (value, i) => (i === 0 ? value + by : value));
const never = () => new Promise<Measurement>(() => {});
const throws = () => {
  throw new Error('It is not there.');
};

const test = (fakes: Readonly<Record<BackendName, Fake>>, signal = new AbortController().signal) =>
  selfTest({ measure: async (backend) => fakes[backend](), limitMs: 50, signal });

const refusals = async (fakes: Readonly<Record<BackendName, Fake>>) =>
  (await test(fakes)).results.map(({ refused }) => refused);

describe('selfTest', () => {
  const wasm = () => measured(30);

  it('chooses the fastest of those that are right', async () => {
    const found = await test({ wasm, 'wasm-threads': () => measured(12), webgl: () => measured(20) });
    expect(found).toEqual({
      chosen: 'wasm-threads',
      results: [
        { backend: 'wasm', ms: 30, refused: null },
        { backend: 'wasm-threads', ms: 12, refused: null },
        { backend: 'webgl', ms: 20, refused: null },
      ],
    });
  });

  it('takes none that is fast and wrong', async () => {
    const wrong = () => measured(1, { features: off(1) });
    const found = await test({ wasm, 'wasm-threads': () => measured(20), webgl: wrong });
    expect(found.chosen).toBe('wasm-threads');
    expect(found.results[2]).toEqual({ backend: 'webgl', ms: 1, refused: 'wrong' });
  });

  it.each<[string, Fake, string]>([
    ['throws', throws, 'unavailable'],
    ['hangs', never, 'hung'],
    ['gives no number', () => measured(1, { features: off(Number.NaN) }), 'not-numbers'],
    ['overflows', () => measured(1, { features: off(Number.POSITIVE_INFINITY) }), 'not-numbers'],
    ['gives nothing', () => measured(1, { features: new Float32Array(4) }), 'wrong'],
    ['gives too few', () => measured(1, { features: Float32Array.of(0.5, 2) }), 'wrong'],
    ['steps the wrong way', () => measured(1, { step: [-0.25, 0.5] }), 'wrong'],
    ['steps to no number', () => measured(1, { step: [Number.NaN, -0.5] }), 'not-numbers'],
  ])('stays on plain WebAssembly when all else %s', async (_, fake, why) => {
    const fakes = { wasm, 'wasm-threads': fake, webgl: fake };
    expect((await test(fakes)).chosen).toBe('wasm');
    expect(await refusals(fakes)).toEqual([null, why, why]);
  });

  it('compares with nothing, and stays on plain WebAssembly, where that is wrong itself', async () => {
    const fine = () => measured(1);
    for (const fake of [throws, never, () => measured(30, { step: [9, 9] })]) {
      const found = await test({ wasm: fake, 'wasm-threads': fine, webgl: fine });
      expect(found.chosen).toBe('wasm');
      expect(found.results).toHaveLength(1);
    }
  });

  it('finds nothing when somebody wants the trainer meanwhile, and ends what runs', async () => {
    const abort = new AbortController();
    const ended: BackendName[] = [];
    const testing = selfTest({
      measure: (backend, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => ended.push(backend), { once: true });
          if (backend === 'wasm') resolve(measured(30));
          else abort.abort();
        }),
      limitMs: 5_000,
      signal: abort.signal,
    });
    await expect(testing).rejects.toMatchObject({ name: 'AbortError' });
    expect(ended).toContain('wasm-threads');
  });
});

describe('judge', () => {
  const reference = measured(30);
  const refused = (backend: BackendName, relative: number) =>
    judge(backend, measured(1, { features: off(relative * 2) }), reference);

  it('lets WebGL differ by a thousandth of the largest feature, and threads by nothing', () => {
    expect(refused('webgl', 0.9e-3)).toBe(null);
    expect(refused('webgl', 1.1e-3)).toBe('wrong');
    expect(refused('wasm-threads', 0)).toBe(null);
    expect(refused('wasm-threads', 1e-7)).toBe('wrong');
  });
});

describe('choose', () => {
  it('is plain WebAssembly before anything is known', () => {
    expect(choose([])).toBe('wasm');
  });
});

describe('the choice', () => {
  const fakes: Readonly<Record<BackendName, Fake>> = {
    wasm: () => measured(30),
    'wasm-threads': () => measured(10),
    webgl: throws,
  };

  function create(storage = inMemorySettings(), testedFor = '1 Browser') {
    const asked: BackendName[] = [];
    const measure = async (backend: BackendName) => {
      asked.push(backend);
      return fakes[backend]();
    };
    return { asked, storage, backends: createBackends({ storage, measure, testedFor, limitMs: 50 }) };
  }
  const signal = new AbortController().signal;

  it('is plain WebAssembly at first, and the winner of one test from then on', async () => {
    const { backends, asked, storage } = create();
    expect(await backends.chosen()).toBe('wasm');
    await backends.testOnce(signal);
    await backends.testOnce(signal);
    expect(asked).toEqual(['wasm', 'wasm-threads', 'webgl']);
    const later = create(storage);
    expect(await later.backends.chosen()).toBe('wasm-threads');
    await later.backends.testOnce(signal);
    expect(later.asked).toEqual([]);
  });

  it('is tested again for another version, and when a person asks for it', async () => {
    const { backends, storage, asked } = create();
    await backends.testOnce(signal);
    await backends.testAgain();
    expect(asked).toHaveLength(6);
    const newer = create(storage, '2 Browser');
    expect(await newer.backends.chosen()).toBe('wasm');
    await newer.backends.testOnce(signal);
    expect(newer.asked).toHaveLength(3);
  });

  it('does without a backend that failed in use, in the next session, too', async () => {
    const { backends, storage } = create();
    await backends.testOnce(signal);
    backends.refuse('wasm-threads');
    expect(await backends.chosen()).toBe('wasm');
    await expect.poll(() => create(storage).backends.chosen()).toBe('wasm');
    expect(backends.report.value.results).toContainEqual({
      ...{ backend: 'wasm-threads', ms: null, refused: 'failed' },
    });
  });

  it('knows nothing after a test that was broken off', async () => {
    const { backends } = create();
    const abort = new AbortController();
    const testing = backends.testOnce(abort.signal);
    abort.abort();
    await testing;
    expect(backends.report.value).toEqual({ results: [], testing: false });
  });
});
