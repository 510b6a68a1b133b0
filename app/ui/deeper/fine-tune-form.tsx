// The settings of a fine-tuning, with what each means.
import { more } from '../../text/more.ts';
import { Coded } from '../parts/coded.tsx';
import { ChoiceInput, NumberInput, SwitchInput } from './field-inputs.tsx';
import { TUNE_NUMBERS, type TuneFields, type TuneNumber } from './fine-tune-settings.ts';
import { TrainingForm } from './training-form.tsx';

const MAIN: readonly TuneNumber[] = ['epochs', 'learningRate'];
const MORE: readonly TuneNumber[] = ['batchSize', 'weightDecay', 'validation', 'patience', 'seed'];
const OPTIMIZERS = ['adam', 'sgd'] as const;

export function FineTuneForm({
  fields,
  wrong,
  onChange,
  onStart,
  disabled,
}: {
  readonly fields: TuneFields;
  /** Fields that cannot be taken as they are. */
  readonly wrong: readonly TuneNumber[];
  readonly onChange: (fields: Partial<TuneFields>) => void;
  /** Not called while a field is wrong. */
  readonly onStart: () => void;
  /** Why it cannot begin now; null: it can. */
  readonly disabled: string | null;
}) {
  const words = more.value.fineTune;
  const number = (field: TuneNumber) => (
    <NumberInput
      key={field}
      words={words.fields[field]}
      rule={TUNE_NUMBERS[field]}
      value={fields[field]}
      wrong={wrong.includes(field)}
      onInput={(value) => onChange({ [field]: value })}
    />
  );
  const { optimizer } = words.fields;
  return (
    <TrainingForm
      wrong={{ any: wrong.length > 0, further: wrong.some((field) => MORE.includes(field)) }}
      start={words.start}
      {...{ onStart, disabled }}
      further={
        <>
          <ChoiceInput
            words={optimizer}
            value={fields.optimizer}
            groups={[
              { name: '', choices: OPTIMIZERS.map((value) => ({ value, label: optimizer.choices[value] })) },
            ]}
            onChange={(value) => onChange({ optimizer: value === 'sgd' ? 'sgd' : 'adam' })}
          />
          {MORE.map(number)}
        </>
      }
    >
      <div class="deeper-fields">
        {MAIN.map(number)}
        <SwitchInput
          words={words.fields.augment}
          checked={fields.augment}
          onChange={(augment) => onChange({ augment })}
        />
      </div>
      <BatchNormFlags {...{ fields, onChange }} />
    </TrainingForm>
  );
}

function BatchNormFlags({
  fields: { trainable, training },
  onChange,
}: {
  readonly fields: TuneFields;
  readonly onChange: (fields: Partial<TuneFields>) => void;
}) {
  const words = more.value.fineTune;
  return (
    <fieldset class="tune-flags">
      <legend>{words.batchNorm.title}</legend>
      <div class="deeper-fields">
        <SwitchInput
          code
          words={words.batchNorm.trainable}
          checked={trainable}
          onChange={(checked) => onChange({ trainable: checked })}
        />
        <SwitchInput
          code
          words={words.batchNorm.training}
          checked={training}
          onChange={(checked) => onChange({ training: checked })}
        />
      </div>
      <div role="status">
        {training && trainable && <p class="caution">{words.batchNorm.ruins}</p>}
        {training && !trainable && <p class="note">{words.batchNorm.noEffect}</p>}
      </div>
      <details class="tune-explained">
        <summary>{words.explained.title}</summary>
        {words.explained.paragraphs.map((paragraph) => (
          <p key={paragraph}>
            <Coded words={paragraph} />
          </p>
        ))}
      </details>
    </fieldset>
  );
}
