// Ways on, one below the other: each is as wide as its place, and is easily hit by a thumb.
import { Icon } from './icon.tsx';

export function LinkRows({
  links,
}: {
  readonly links: readonly { readonly to: string; readonly words: string }[];
}) {
  return (
    <ul class="link-rows">
      {links.map(({ to, words }) => (
        <li key={to}>
          <a href={to}>
            {words} <Icon name="chevron" />
          </a>
        </li>
      ))}
    </ul>
  );
}
