// One of several classes, and a button that does something with it.
import { useSignal } from '@preact/signals';
import type { ClassRecord } from '../../storage/schema.ts';
import { Button } from '../parts/button.tsx';

export function ClassSelect({
  label,
  action,
  classes,
  disabled = false,
  onChoose,
}: {
  readonly label: string;
  readonly action: string;
  /** Nothing is shown when there is none. */
  readonly classes: readonly ClassRecord[];
  readonly disabled?: boolean;
  readonly onChoose: (one: ClassRecord) => void;
}) {
  const chosen = useSignal<string | null>(null);
  const one = classes.find(({ id }) => id === chosen.value) ?? classes[0];
  if (one === undefined) return null;
  return (
    <div class="sheet-field">
      <label>
        <span>{label}</span>
        <select
          value={one.id}
          onChange={(event) => {
            chosen.value = event.currentTarget.value;
          }}
        >
          {classes.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Button disabled={disabled} onClick={() => onChoose(one)}>
        {action}
      </Button>
    </div>
  );
}
