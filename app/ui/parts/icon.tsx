// The app's icons: strokes on a grid of 24 px, drawn in the colour of the text. Always decorative: names are given by
// what they stand in.
const PATHS = {
  back: 'M15 5l-7 7 7 7',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z',
  check: 'M5 12.500l4.500 4.500L19 7',
  chevron: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10v10H9zM5 15V5h10',
  deeper: 'M12 4l8 4-8 4-8-4zM4 12l8 4 8-4M4 16l8 4 8-4',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  drag: 'M8 9l4-4 4 4M8 15l4 4 4-4',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  expand: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  flip: 'M4 9a8 8 0 0 1 14-3l2 2M20 4v4h-4M20 15a8 8 0 0 1-14 3l-2-2M4 20v-4h4',
  heat: 'M12 3c1 4 5 5.500 5 10a5 5 0 0 1-10 0c0-2 1-3 2-4 .5 1.500 1 2 2 2 .5-3-.5-5 1-8z',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9.500h.01',
  leaf: 'M5 19C5 9 11 5 20 4c0 9-4 15-13 14M5 21c1-5 4-8 8-10',
  // Circles, as mere points would be too faint.
  more: 'M5 12m-.75 0a.75.75 0 1 0 1.5 0 .75.75 0 1 0-1.5 0M12 12m-.75 0a.75.75 0 1 0 1.5 0 .75.75 0 1 0-1.5 0M19 12m-.75 0a.75.75 0 1 0 1.5 0 .75.75 0 1 0-1.5 0',
  pause: 'M9 6v12M15 6v12',
  play: 'M7 5l12 7-12 7z',
  plus: 'M12 5v14M5 12h14',
  settings: 'M5 8h8M17 8h2M5 16h2M11 16h8M15 6v4M9 14v4',
  share: 'M12 15V4M8 8l4-4 4 4M5 13v7h14v-7',
  shrink: 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5',
  snow: 'M12 3v18M4.200 7.500l15.600 9M19.800 7.500l-15.600 9M9.500 4.500L12 7l2.500-2.500M9.500 19.500L12 17l2.500 2.500',
  stop: 'M7 7h10v10H7z',
  target: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  torch: 'M8 3h8l-1 6H9zM9 9l1 12h4l1-12',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5',
  warning: 'M12 4l9 16H3zM12 10v4M12 17h.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
