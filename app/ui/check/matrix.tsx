// The confusion matrix: a table of counts, each of which opens its photos. One stop for the Tab key; arrows, Home and
// End move inside.
import { useRef, useState } from 'preact/hooks';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import type { Figures } from './figures.ts';
import { ClassName, PhotoList } from './photo-list.tsx';

/** Above so many classes the names of columns stand upright. */
const WIDE_COLUMNS = 2;

interface Cell {
  readonly row: number;
  readonly column: number;
}

export function Matrix({ open, figures }: { readonly open: OpenProject; readonly figures: Figures }) {
  const words = text.value.check.matrix;
  const [at, setAt] = useState<Cell>({ row: 0, column: 0 });
  const [opened, setOpened] = useState<Cell | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const { classes } = figures;
  const last = classes.length - 1;
  const current = { row: Math.min(at.row, last), column: Math.min(at.column, last) };
  const labelOf = ({ row, column }: Cell) => {
    const [is, called] = [classes[row], classes[column]];
    const n = is?.called[column]?.length ?? 0;
    return row === column
      ? words.right(n, is?.record.name ?? '')
      : words.wrong(n, is?.record.name ?? '', called?.record.name ?? '');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Where the focus is, and not the state, which follows it a moment later.
    const from = (event.target as HTMLElement).dataset.cell?.split('/').map(Number);
    const to = from && neighbour({ row: from[0] ?? 0, column: from[1] ?? 0 }, event, last);
    if (!to) return;
    event.preventDefault();
    table.current?.querySelector<HTMLElement>(`[data-cell="${to.row}/${to.column}"]`)?.focus();
  };
  return (
    <section class="card check-matrix-card" aria-labelledby="check-matrix">
      <h2 id="check-matrix">{words.title}</h2>
      <p class="note">{words.hint}</p>
      <div class="check-matrix-scroll">
        <table
          ref={table}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are walked by arrows is a grid.
          role="grid"
          aria-labelledby="check-matrix"
          class={`check-matrix ${classes.length > WIDE_COLUMNS ? 'upright' : ''}`}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <th scope="col" class="check-corner">
                <span>{words.is} ↓</span>
                <span>{words.called} →</span>
              </th>
              {classes.map(({ record }) => (
                <th key={record.id} scope="col" title={record.name}>
                  <ClassName record={record} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map(({ record, called }, row) => {
              const total = called.reduce((sum, { length }) => sum + length, 0);
              return (
                <tr key={record.id}>
                  <th scope="row" title={record.name}>
                    <ClassName record={record} />
                  </th>
                  {called.map((answers, column) => {
                    const here = row === current.row && column === current.column;
                    const share = total === 0 ? 0 : answers.length / total;
                    return (
                      <td key={classes[column]?.record.id}>
                        <button
                          type="button"
                          class={`check-cell ${row === column ? 'right' : 'wrong'}`}
                          style={{ '--share': `${share === 0 ? 0 : 10 + Math.round(share * 30)}%` }}
                          data-cell={`${row}/${column}`}
                          tabIndex={here ? 0 : -1}
                          aria-label={labelOf({ row, column })}
                          aria-disabled={answers.length === 0}
                          onFocus={() => setAt({ row, column })}
                          onClick={() => answers.length > 0 && setOpened({ row, column })}
                        >
                          {answers.length}
                        </button>
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {opened !== null && (
        <Dialog title={labelOf(opened)} onClose={() => setOpened(null)}>
          <PhotoList
            open={open}
            answers={classes[opened.row]?.called[opened.column] ?? []}
            label={labelOf(opened)}
          />
        </Dialog>
      )}
    </section>
  );
}

function neighbour({ row, column }: Cell, { key, ctrlKey }: KeyboardEvent, last: number): Cell | null {
  switch (key) {
    case 'ArrowUp':
      return { row: Math.max(0, row - 1), column };
    case 'ArrowDown':
      return { row: Math.min(last, row + 1), column };
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: Math.min(last, column + 1) };
    case 'Home':
      return { row: ctrlKey ? 0 : row, column: 0 };
    case 'End':
      return { row: ctrlKey ? last : row, column: last };
    default:
      return null;
  }
}
