// Progress of something long: a bar with words, and a way to stop it where there is one.
import { text } from '../../text/text.ts';
import { Button } from './button.tsx';

export function Progress({
  label,
  done,
  of,
  onCancel,
}: {
  /** What is going on, with its figures. */
  readonly label: string;
  readonly done: number;
  /** 0: nobody knows. */
  readonly of: number;
  readonly onCancel?: (() => void) | undefined;
}) {
  return (
    <div class="progress">
      <span class="progress-label">{label}</span>
      <progress aria-label={label} {...(of > 0 ? { value: done, max: of } : {})} />
      {onCancel && (
        <Button kind="quiet" onClick={onCancel}>
          {text.value.common.cancel}
        </Button>
      )}
    </div>
  );
}
