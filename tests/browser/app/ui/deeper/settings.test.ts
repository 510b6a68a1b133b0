import { describe, expect, it } from 'vitest';
import { type Fields, PRESETS, presetOf, readFields } from '../../../../../app/ui/deeper/settings.ts';
import { TEACHABLE_MACHINE } from '../../../../../src/head/softmax-options.ts';

const read = (change: Partial<Fields>) => readFields({ ...PRESETS.quick, ...change });

describe('readFields', () => {
  it("takes Teachable Machine's recipe for what it is", () => {
    const { optimizer, ...rest } = TEACHABLE_MACHINE;
    expect(optimizer).toBe('adam');
    expect(readFields(PRESETS.teachableMachine)).toEqual({ options: { ...rest, seed: 0, patience: 0 } });
  });

  it('takes a decimal comma, an exponent and spaces around', () => {
    for (const learningRate of ['0.01', '0,01', ' 1e-2 '])
      expect(read({ learningRate })).toMatchObject({ options: { learningRate: 0.01 } });
  });

  it.each([
    ['epochs', ['0', '501', '2.5', '', 'many', '-1', 'Infinity']],
    ['batchSize', ['0', '513']],
    ['learningRate', ['0', '1.1', '-0.1', '1.2.3']],
    ['hidden', ['-1', '1001', '0.5']],
    ['seed', ['-1', '2147483648', '1,5']],
    ['validation', ['51', '-1']],
    ['patience', ['501']],
  ] as const)('refuses %s outside of its range', (field, values) => {
    for (const value of values) expect(read({ [field]: value })).toEqual({ wrong: [field] });
  });

  it('names all fields that are wrong', () => {
    expect(read({ epochs: '', seed: 'x' })).toEqual({ wrong: ['epochs', 'seed'] });
  });
});

describe('presetOf', () => {
  it('knows a preset by its fields, whatever the seed', () => {
    expect(presetOf({ ...PRESETS.teachableMachine, seed: '7' })).toBe('teachableMachine');
    expect(presetOf(PRESETS.quick)).toBe('quick');
    expect(presetOf({ ...PRESETS.quick, balance: false })).toBeNull();
  });
});
