import { describe, expect, it } from 'vitest';
import {
  costBasis,
  readTuneFields,
  TUNE_DEFAULTS,
  type TuneFields,
} from '../../../../../app/ui/deeper/fine-tune-settings.ts';
import { SETTINGS } from '../../../support/fine-tune.ts';

const between = { from: SETTINGS.from, to: SETTINGS.to };
const read = (change: Partial<TuneFields>) => readTuneFields({ ...TUNE_DEFAULTS, ...change }, between);

describe('the settings of a fine-tuning', () => {
  it('are by default what Keras advises: gamma and beta learn, stored statistics normalise', () => {
    expect(read({})).toEqual({ settings: SETTINGS });
  });

  it('take a decimal comma, per cent and both flags', () => {
    expect(read({ learningRate: '0,001', validation: '25', training: true, optimizer: 'sgd' })).toEqual({
      settings: {
        ...SETTINGS,
        learningRate: 0.001,
        validation: 0.25,
        batchNorm: { trainable: true, training: true },
        optimizer: 'sgd',
      },
    });
  });

  it.each([
    ['epochs', ['0', '201', '1.5', '']],
    ['learningRate', ['0', '0.2']],
    ['batchSize', ['1', '65']],
    ['weightDecay', ['-0.1', '1.1']],
    ['validation', ['51']],
  ] as const)('refuse %s outside of its range', (field, values) => {
    for (const value of values) expect(read({ [field]: value })).toEqual({ wrong: [field] });
  });
});

describe('costBasis', () => {
  it('changes with what changes the cost, and with nothing else', () => {
    const basis = costBasis(SETTINGS);
    for (const change of [{ learningRate: 0.01 }, { weightDecay: 0.1 }, { seed: 7 }, { patience: 0 }])
      expect(costBasis({ ...SETTINGS, ...change })).toBe(basis);
    for (const change of [
      { from: 'block_12_add' },
      { to: 'out_relu' },
      { epochs: 16 },
      { batchSize: 8 },
      { augment: false },
      { optimizer: 'sgd' } as const,
      { batchNorm: { trainable: true, training: true } },
      { validation: 0 },
    ])
      expect(costBasis({ ...SETTINGS, ...change })).not.toBe(basis);
  });
});
