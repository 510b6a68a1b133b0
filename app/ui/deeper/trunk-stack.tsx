// The trunk as a stack of blocks, grown from the photo up to the head, and the line in it below which all is frozen: to
// be dragged, or moved by the keyboard.
import type { TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { more } from '../../text/more.ts';
import { Icon } from '../parts/icon.tsx';
import { type Block, frozenAt, heightsOf, type Stack } from './blocks.ts';

/** The narrowest block, of the widest. */
const NARROWEST = 0.6;
/** A block lower than that has no room for words, rem. */
const READABLE_REM = 1.2;

export function TrunkStack({
  stack,
  frozen,
  onMove,
}: {
  readonly stack: Stack;
  /** How many blocks lie below the line. */
  readonly frozen: number;
  readonly onMove: (frozen: number) => void;
}) {
  const words = more.value.fineTune.stack;
  const { blocks } = stack;
  const heights = heightsOf(stack);
  const end = blocks.at(-1)?.end.layer ?? '';
  const widest = Math.max(...blocks.map(mapSide));
  const least = Math.min(...blocks.map(mapSide));
  return (
    <div class="tune-stack">
      {stack.unused > 0 && <p class="tune-unused note">{words.unused(stack.unused)}</p>}
      <p class="tune-head">
        <strong>{words.head}</strong> <span>{words.reads(end)}</span>
      </p>
      <div class="tune-blocks">
        <ol reversed>
          {blocks
            .map((block, i) => (
              <li
                key={block.end.layer}
                class={`tune-block ${i < frozen ? 'frozen' : 'trainable'}`}
                style={{
                  '--rem': `${heights[i]}rem`,
                  '--width': `${100 * widthOf(mapSide(block), least, widest)}%`,
                }}
              >
                <span class="tune-bar" title={block.name}>
                  {(heights[i] ?? 0) >= READABLE_REM && (
                    <>
                      <Icon name={i < frozen ? 'snow' : 'leaf'} />
                      <span>{block.name}</span>
                    </>
                  )}
                </span>
                {(heights[i] ?? 0) >= READABLE_REM && (
                  <span class="tune-shape">{block.end.shape.join('\u202f×\u202f')}</span>
                )}
                <span class="visually-hidden">{i < frozen ? words.frozen : words.trainable}</span>
              </li>
            ))
            .toReversed()}
        </ol>
        <Line {...{ stack, frozen, heights, onMove }} />
      </div>
      <p class="tune-photo">
        <Icon name="image" /> {words.photo}
      </p>
    </div>
  );
}

/** A slider for keyboards and screen readers, and a line to be dragged for all others. */
function Line({
  stack: { blocks, lines },
  frozen,
  heights,
  onMove,
}: {
  readonly stack: Stack;
  readonly frozen: number;
  readonly heights: readonly number[];
  readonly onMove: (frozen: number) => void;
}) {
  const words = more.value.fineTune.stack;
  const slider = useRef<HTMLInputElement>(null);
  const ground = heights.slice(0, frozen).reduce((a, b) => a + b, 0);
  const nameOf = (i: number) => blocks[i]?.name ?? '';
  const move = (to: number) => {
    if (to !== frozen) onMove(to);
  };

  function follow(event: TargetedPointerEvent<HTMLDivElement>): void {
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const total = heights.reduce((a, b) => a + b, 0);
    move(frozenAt(heights, ((box.bottom - event.clientY) / box.height) * total));
  }

  return (
    <div
      class="tune-line"
      style={{ '--at': `${ground}rem` }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        slider.current?.focus();
      }}
      onPointerMove={follow}
    >
      <input
        ref={slider}
        type="range"
        min={1}
        max={lines.length}
        step={1}
        value={frozen}
        aria-label={words.line}
        aria-orientation="vertical"
        aria-valuetext={words.value(
          nameOf(frozen - 1),
          words.range(nameOf(frozen), nameOf(blocks.length - 1)),
        )}
        onInput={({ currentTarget }) => {
          move(currentTarget.valueAsNumber);
          requestAnimationFrame(() => currentTarget.scrollIntoView({ block: 'nearest' }));
        }}
      />
      <span class="tune-knob">
        <Icon name="drag" />
      </span>
    </div>
  );
}

function mapSide({ end }: Block): number {
  return Math.max(end.shape[0], end.shape[1]);
}

/** Of a map's side: halving it takes off the same everywhere. */
function widthOf(side: number, least: number, most: number): number {
  const place = most === least ? 1 : Math.log(side / least) / Math.log(most / least);
  return NARROWEST + (1 - NARROWEST) * place;
}
