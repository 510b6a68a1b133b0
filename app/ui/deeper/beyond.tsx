// What else lies behind Deeper: the lab of BatchNorm's two switches, and adapting to a light.
import type { OpenProject } from '../../project/open-project.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { Icon } from '../parts/icon.tsx';
import { type Behind, hrefOf } from '../router.ts';

export function Beyond({ open }: { readonly open: OpenProject }) {
  return (
    <div class="deeper-beyond">
      <Way open={open} to="light" />
      <Way open={open} to="lab" />
    </div>
  );
}

function Way({ open, to }: { readonly open: OpenProject; readonly to: Behind }) {
  return (
    <a class="card" href={hrefOf({ screen: 'project', project: open.project.value.id, tab: to })}>
      <h2>{text.value.shell.titles[to]}</h2>
      <p class="note">{more.value[to].beyond}</p>
      <Icon name="chevron" />
    </a>
  );
}
