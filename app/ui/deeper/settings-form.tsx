// The settings of a training: presets, numbers with what they mean and what they may be, and a button.
import { more } from '../../text/more.ts';
import { Button } from '../parts/button.tsx';
import { NumberInput, SwitchInput } from './field-inputs.tsx';
import {
  type Fields,
  NUMBERS,
  type NumberField,
  type Options,
  PRESETS,
  type Preset,
  presetOf,
  readFields,
  type SwitchField,
} from './settings.ts';
import { TrainingForm } from './training-form.tsx';

const MAIN: readonly NumberField[] = ['epochs', 'batchSize', 'learningRate', 'hidden', 'seed'];
const MORE: readonly NumberField[] = ['validation', 'patience'];
const SWITCHES: readonly SwitchField[] = ['standardize', 'balance'];

export function SettingsForm({
  fields,
  onChange,
  onTrain,
  disabled,
}: {
  readonly fields: Fields;
  readonly onChange: (fields: Partial<Fields>) => void;
  readonly onTrain: (options: Options) => void;
  /** Why there is nothing to train now; null: there is. */
  readonly disabled: string | null;
}) {
  const words = more.value.deeper.form;
  const read = readFields(fields);
  const wrong = 'wrong' in read ? read.wrong : [];
  const preset = presetOf(fields);
  const number = (field: NumberField) => (
    <NumberInput
      key={field}
      words={words.fields[field]}
      rule={NUMBERS[field]}
      value={fields[field]}
      wrong={wrong.includes(field)}
      onInput={(value) => onChange({ [field]: value })}
    />
  );
  return (
    <TrainingForm
      wrong={{ any: wrong.length > 0, further: wrong.some((field) => MORE.includes(field)) }}
      start={words.train}
      onStart={() => 'options' in read && onTrain(read.options)}
      disabled={disabled}
      further={
        <>
          {MORE.map(number)}
          {SWITCHES.map((field) => (
            <SwitchInput
              key={field}
              words={words.fields[field]}
              checked={fields[field]}
              onChange={(checked) => onChange({ [field]: checked })}
            />
          ))}
        </>
      }
    >
      <fieldset class="deeper-presets">
        <legend>{words.presets}</legend>
        {(Object.keys(PRESETS) as Preset[]).map((name) => (
          <Button
            key={name}
            aria-pressed={preset === name}
            onClick={() => onChange({ ...PRESETS[name], seed: fields.seed })}
          >
            {words.preset[name]}
          </Button>
        ))}
      </fieldset>
      <div class="deeper-fields">{MAIN.map(number)}</div>
    </TrainingForm>
  );
}
