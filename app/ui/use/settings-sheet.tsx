// How many classes are shown, and below which probability nothing is claimed; stored with the project.
import { formatPercent } from '../../format.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { LinkRows } from '../parts/link-rows.tsx';
import { hrefOf } from '../router.ts';
import { showToast } from '../toasts.ts';

export function SettingsSheet({
  open,
  onClose,
}: {
  readonly open: OpenProject;
  readonly onClose: () => void;
}) {
  const words = text.value.use.settings;
  const { answers, classes } = open.project.value;
  const most = Math.max(classes.length, 1);
  const shown = Math.min(answers.topK, most);

  function set(change: Partial<typeof answers>): void {
    open.setAnswers(change).catch((error: unknown) => {
      console.error(error);
      showToast(text.value.keep.project.failed, { kind: 'failure' });
    });
  }

  return (
    <Dialog title={words.open} onClose={onClose}>
      <label class="range">
        <span>{words.topK(shown)}</span>
        <input
          type="range"
          min={1}
          max={most}
          step={1}
          value={shown}
          onChange={(event) => set({ topK: event.currentTarget.valueAsNumber })}
        />
      </label>
      <label class="range">
        <span>
          {answers.threshold === 0 ? words.never : words.threshold(formatPercent(answers.threshold))}
        </span>
        <input
          type="range"
          min={0}
          max={0.95}
          step={0.05}
          value={answers.threshold}
          onChange={(event) => set({ threshold: event.currentTarget.valueAsNumber })}
        />
      </label>
      <p class="note">{words.note}</p>
      <LinkRows
        links={[
          {
            to: hrefOf({ screen: 'project', project: open.project.value.id, tab: 'light' }),
            words: text.value.shell.titles.light,
          },
        ]}
      />
    </Dialog>
  );
}
