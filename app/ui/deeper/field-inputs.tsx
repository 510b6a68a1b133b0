// The inputs of a form of settings, each with a sentence on what it means.
import { type ComponentChildren, Fragment } from 'preact';
import { useId } from 'preact/hooks';
import { more } from '../../text/more.ts';
import type { NumberRule } from './number-fields.ts';

/** What a setting is called, and what it does. */
export interface FieldWords {
  readonly label: string;
  readonly hint: string;
}

export function NumberInput({
  words: { label, hint },
  rule: { min, max, whole },
  value,
  wrong,
  onInput,
}: {
  readonly words: FieldWords;
  readonly rule: NumberRule;
  readonly value: string;
  readonly wrong: boolean;
  readonly onInput: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="deeper-field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode={whole ? 'numeric' : 'decimal'}
        autocomplete="off"
        value={value}
        aria-invalid={wrong}
        aria-describedby={`${id}-hint ${id}-wrong`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p class="note" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="deeper-wrong" id={`${id}-wrong`}>
        {wrong && more.value.deeper.form.wrong(String(min), String(max), whole)}
      </p>
    </div>
  );
}

export function SwitchInput({
  words: { label, hint },
  code = false,
  checked,
  onChange,
}: {
  readonly words: FieldWords;
  /** The label is a name of Keras. */
  readonly code?: boolean;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="deeper-field">
      <label class="deeper-switch">
        <input
          type="checkbox"
          checked={checked}
          aria-describedby={id}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        {code ? <code>{label}</code> : label}
      </label>
      <p class="note" id={id}>
        {hint}
      </p>
    </div>
  );
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** One of several; groups with a name come after those without. */
export function ChoiceInput({
  words: { label, hint },
  value,
  groups,
  onChange,
}: {
  readonly words: FieldWords;
  readonly value: string;
  readonly groups: readonly { readonly name: string; readonly choices: readonly Choice[] }[];
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="deeper-field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {groups.map(({ name, choices }) => (
          <Group key={name} name={name}>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value} selected={choice.value === value}>
                {choice.label}
              </option>
            ))}
          </Group>
        ))}
      </select>
      <p class="note" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}

function Group({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return name === '' ? <Fragment>{children}</Fragment> : <optgroup label={name}>{children}</optgroup>;
}
