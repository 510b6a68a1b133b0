// The settings of a fine-tuning, with what each means.
import { useState } from 'preact/hooks';
import { fineTuneText } from '../../text/fine-tune.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { ChoiceInput, NumberInput, SwitchInput } from './field-inputs.tsx';
import { TUNE_NUMBERS, type TuneFields, type TuneNumber } from './fine-tune-settings.ts';

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
  /** Why it cannot begin now, which may be empty where that is said elsewhere; null: it can. */
  readonly disabled: string | null;
}) {
  const words = fineTuneText.value;
  const [more, setMore] = useState(false);
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
    <form
      class="deeper-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (disabled !== null) return;
        if (wrong.length === 0) return onStart();
        if (wrong.some((field) => MORE.includes(field))) setMore(true);
        const form = event.currentTarget;
        requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      }}
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
      <details open={more} onToggle={(event) => setMore(event.currentTarget.open)}>
        <summary>{text.value.deeper.form.more}</summary>
        <div class="deeper-fields">
          <ChoiceInput
            words={optimizer}
            value={fields.optimizer}
            groups={[
              { name: '', choices: OPTIMIZERS.map((value) => ({ value, label: optimizer.choices[value] })) },
            ]}
            onChange={(value) => onChange({ optimizer: value === 'sgd' ? 'sgd' : 'adam' })}
          />
          {MORE.map(number)}
        </div>
      </details>
      {disabled !== null && disabled !== '' && <p class="note">{disabled}</p>}
      <Button type="submit" kind="primary" icon="play" disabled={disabled !== null}>
        {words.start}
      </Button>
    </form>
  );
}

function BatchNormFlags({
  fields: { trainable, training },
  onChange,
}: {
  readonly fields: TuneFields;
  readonly onChange: (fields: Partial<TuneFields>) => void;
}) {
  const words = fineTuneText.value;
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
            {paragraph.split('`').map((part, i) => (i % 2 === 1 ? <code key={part}>{part}</code> : part))}
          </p>
        ))}
      </details>
    </fieldset>
  );
}
